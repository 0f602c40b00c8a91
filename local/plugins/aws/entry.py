"""The form of a table entry: how one Pulumi resource type maps to AWS API calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.plugins.framework.comparison import Comparison
from local.plugins.framework.failure import Failure
from local.plugins.framework.plugin import Properties

if TYPE_CHECKING:
    from local.plugins.aws.scope import Scope

NONE: frozenset[str] = frozenset()

# Text in ``fixed``, ``at`` and ``id`` may hold {names}: properties of the resource, and ``id``,
# ``region``, ``account``, ``partition``; {a|b} is the first of them that has a value. A text that
# is one {name} stands for the value itself.


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
class Update(Call):
    """A call that changes the properties in ``takes`` in place.

    ``whole``: all of ``takes`` is sent when one of them changed; what the program drops is left
    out if ``drops``. ``each``: one call a property.
    ``after_create``: a created object needs it for values that differ from ``Entry.defaults``.
    """

    takes: frozenset[str] | None = NONE
    whole: bool = False
    drops: bool = False
    each: bool = False
    after_create: bool = False


@dataclass(frozen=True, kw_only=True)
class Delete(Call):
    """A call that deletes the object; it takes the properties that are named, and no others."""

    takes: frozenset[str] | None = NONE


@dataclass(frozen=True, kw_only=True)
class Step:
    """A change that no single call makes: ``run(scope, old, new)`` with both sets of inputs.

    ``always``: a new object needs it whatever its inputs are; ``old`` is empty then.
    """

    takes: frozenset[str]
    run: Callable[[Scope, Properties, Properties], None]
    after_create: bool = False
    always: bool = False


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


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A status (JMESPath into the object) and the values that end the wait well or badly."""

    at: str
    done: frozenset[str]
    failed: frozenset[str] = NONE


@dataclass(frozen=True, kw_only=True)
class Name:
    """The property that AWS knows the object by, named automatically when the program does not."""

    property: str = "name"
    longest: int = 255
    lower: bool = False
    start: str = ""


@dataclass(frozen=True, kw_only=True)
class Tagging:
    """How tags are set. ``target`` are the parameters that say which object.

    ``create`` is the member of the create call, which takes them as ``create_form``:
    ``pairs`` (list of key and value), ``map``, or ``specification`` (EC2).
    """

    add: str
    remove: str
    target: Mapping[str, Any]
    create: str | None = "Tags"
    create_form: str = "pairs"
    kind: str = ""
    form: str = "pairs"
    member: str = "Tags"
    keys_member: str = "TagKeys"
    key: str = "Key"
    value: str = "Value"
    listing: Read | None = None


Rule = Callable[[Properties], Iterator[Failure]]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One resource type.

    A property that no update takes forces a new object, and so does one named in ``replaces``
    (dotted where nested). One that no call takes and ``flags`` does not name is rejected.
    """

    type: str
    service: str
    create: Call
    id: str | Callable[[Scope], str]
    read: Read
    delete: Delete | None = None
    updates: tuple[Update | Step, ...] = ()
    more: tuple[Read, ...] = ()
    tags: Tagging | None = None
    name: Name | None = None
    # Pulumi's dotted name -> the API's, where they differ by more than case.
    names: Mapping[str, str] = field(default_factory=dict)
    # What the real provider fills in when the program says nothing.
    defaults: Mapping[str, Any] = field(default_factory=dict)
    # Optional inputs (dotted where nested) that AWS chooses: dropping one changes nothing.
    computed: frozenset[str] = NONE
    # Inputs (dotted where nested) that an import leaves out: no call takes them, or another
    # input says the same.
    unimported: frozenset[str] = NONE
    # Properties that steer the plugin or a later call, and that no API reports back.
    flags: frozenset[str] = NONE
    # Properties that ``prepare`` sends.
    sent: frozenset[str] = NONE
    # Properties (dotted where nested) that are sent but not reported back.
    unread: frozenset[str] = NONE
    # What is sent for a property that the program drops, where an empty value will not do.
    cleared: Mapping[str, Any] = field(default_factory=dict)
    replaces: frozenset[str] = NONE
    comparison: Comparison = field(default_factory=Comparison)
    # A replacement waits for the deletion, whether the program gives a name or not.
    delete_first: bool = False
    # Outputs beside those whose names match: JMESPath into the object, or text with {names}.
    outputs: Mapping[str, str] = field(default_factory=dict)
    # Inputs that come back as another output: JMESPath to what was asked for.
    asked: Mapping[str, str] = field(default_factory=dict)
    # Outputs that an update may change.
    volatile: frozenset[str] = NONE
    secrets: frozenset[str] = NONE
    wait: Wait | None = None
    # Which id `pulumi import` takes, where it is not ``id``; ``locate`` turns it into ``id``.
    import_id: str = ""
    locate: Callable[[Scope], str] | None = None
    rules: tuple[Rule, ...] = ()
    # Calls of steps, for the limits that their models put on properties.
    judges: tuple[Call, ...] = ()
    # Fills defaults into nested inputs.
    complete: Callable[[Properties], Properties] | None = None
    # More parameters of the create call, from inputs that have another form there.
    prepare: Callable[[Properties], Mapping[str, Any]] | None = None
    # Last word over what was read: may add or correct outputs.
    refine: Callable[[Scope, Mapping[str, Any], Properties], Properties] | None = None
    # In place of the create call or the delete call: for objects that AWS makes by itself.
    adopt: Callable[[Scope], str] | None = None
    release: Callable[[Scope], None] | None = None

    @property
    def mutable(self) -> frozenset[str]:
        """Top-level properties that change in place."""
        tags = {"tags"} if self.tags else set()
        return frozenset(tags).union(self.flags, *(step.takes or NONE for step in self.updates))
