"""API calls as data: what makes, shows, changes and deletes an object.

Text in ``fixed``, ``at`` and ids may hold {names}: see ``template``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.plugins.aws.scope import Scope
from local.plugins.framework.plugin import Properties

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Call:
    """One API operation (its name as in the API, ``CreateVpc``).

    ``takes`` are the Pulumi properties it carries; ``None`` means every one whose name is a member
    of the operation's input. ``names`` are like those of the entry, for this call alone.
    ``leaves`` are properties (dotted where nested) that it has no member for.
    ``inside`` is the member that holds them all, but for those that ``beside`` maps to members of
    the call itself.
    """

    operation: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    takes: frozenset[str] | None = None
    leaves: frozenset[str] = NONE
    names: Mapping[str, str] = field(default_factory=dict)
    inside: str = ""
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Create(Call):
    """The call that makes the object.

    ``prepare`` gives more of its parameters, from inputs that have another form there;
    ``prepared`` are those of them that nothing else takes.
    ``adopt`` finds an object that AWS has made by itself, and gives its id in place of the call,
    whose model then only judges the inputs.
    """

    prepare: Callable[[Properties], Mapping[str, Any]] | None = None
    prepared: frozenset[str] = NONE
    adopt: Callable[[Scope], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Update(Call):
    """A call that changes the properties in ``takes`` in place.

    ``whole``: all of ``takes`` is sent when one of them changed; what the program drops is left
    out if ``drops``, and is otherwise sent as ``cleared`` says, or empty. ``each``: one call a
    property. ``after_create``: a created object needs it for values that differ from the defaults.
    """

    takes: frozenset[str] | None = NONE
    whole: bool = False
    drops: bool = False
    cleared: Mapping[str, Any] = field(default_factory=dict)
    each: bool = False
    after_create: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """A change that no single call makes: ``run(scope, old, new)`` with both sets of inputs.

    ``judge`` is a call of it whose model limits the properties.
    ``always``: a new object needs it whatever its inputs are; ``old`` is empty then.
    """

    takes: frozenset[str]
    run: Callable[[Scope, Properties, Properties], None]
    judge: Call | None = None
    after_create: bool = False
    always: bool = False


@dataclass(frozen=True, kw_only=True)
class Delete(Call):
    """A call that deletes the object; it takes the properties that are named, and no others."""

    takes: frozenset[str] | None = NONE


@dataclass(frozen=True, kw_only=True)
class Read:
    """A call that shows the object. ``at`` is a JMESPath to it; no result there means gone.

    ``into``: where given, only these properties are taken, each by its own JMESPath. The name
    ``*`` stands for every property that the part at its JMESPath has a member for.
    """

    operation: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    at: str = "@"
    into: Mapping[str, str] = field(default_factory=dict)
