"""The form of a table entry: how one Pulumi resource type maps to AWS API calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.plugins.aws.calls import NONE, Create, Delete, Read, Step, Update
from local.plugins.aws.scope import Scope
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.failure import Failure
from local.plugins.framework.plugin import Properties

Rule = Callable[[Properties], Iterator[Failure]]


@dataclass(frozen=True, kw_only=True)
class Name:
    """The property that AWS knows the object by, named automatically when the program does not."""

    property: str = "name"
    longest: int = 255
    lower: bool = False
    start: str = ""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Which object of AWS it is.

    ``id``: where the create call's response has it (JMESPath), text with {names}, or a function.
    ``import_id``: what `pulumi import` takes, where it is not ``id``, as text with {names};
    ``locate`` turns that into ``id``.
    ``pending``: what to import after a creation that was cut off, where neither of them can be
    written from the inputs: text with {names}, or a call or function that shows the ids of what
    may be it.
    """

    id: str | Callable[[Scope], str]
    name: Name | None = None
    import_id: str = ""
    locate: Callable[[Scope], str] | None = None
    pending: str | Read | Callable[[Scope], Iterable[str]] = ""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What a program may say. Properties are dotted where nested.

    ``defaults``: what the real provider fills in when the program says nothing; ``complete`` does
    that inside of properties.
    ``computed``: optional ones that AWS chooses; dropping one changes nothing.
    ``flags`` steer the plugin or a later call, and no API reports them back.
    ``unimported``: what an import leaves out, since no call takes it or another says the same.
    ``secrets``: secret whether or not the program says so.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    complete: Callable[[Properties], Properties] | None = None
    computed: frozenset[str] = NONE
    flags: frozenset[str] = NONE
    unimported: frozenset[str] = NONE
    secrets: frozenset[str] = NONE
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """What is known of the object, beside the properties whose names match what ``read`` shows.

    ``more``: calls that show more of it.
    ``values``: a property as a JMESPath into the object, or as text with {names}.
    ``asked``: inputs that come back as another output, as a JMESPath to what was asked for.
    ``unread``: inputs (dotted where nested) that are sent but not reported back.
    ``volatile``: what an update may change.
    ``refine`` has the last word: it may add outputs or correct them.
    """

    more: tuple[Read, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    unread: frozenset[str] = NONE
    volatile: frozenset[str] = NONE
    refine: Callable[[Scope, Mapping[str, Any], Properties], Properties] | None = None


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """What forces a new object beside the properties that no update takes.

    ``by``: properties, dotted where nested. ``delete_first``: the new object waits for the old
    one's deletion, whether the program gives a name or not.
    """

    by: frozenset[str] = NONE
    delete_first: bool = False


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


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A status (JMESPath into the object) and the values that end the wait well or badly."""

    at: str
    done: frozenset[str]
    failed: frozenset[str] = NONE


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One resource type, by its Pulumi token and the name of its service in boto3.

    ``names`` maps Pulumi's dotted names to the API's, where they differ by more than case.
    A function as ``delete`` stands for what no single call does.
    A property that no call takes, nor ``inputs.flags`` names, is rejected.
    """

    type: str
    service: str
    identity: Identity
    create: Create
    read: Read
    delete: Delete | Callable[[Scope], None]
    updates: tuple[Update | Step, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=Inputs)
    outputs: Outputs = field(default_factory=Outputs)
    comparison: Comparison = field(default_factory=Comparison)
    replacement: Replacement = field(default_factory=Replacement)
    tags: Tagging | None = None
    wait: Wait | None = None

    @property
    def mutable(self) -> frozenset[str]:
        """Top-level properties that change in place."""
        tags = {"tags"} if self.tags else set()
        return frozenset(tags).union(
            self.inputs.flags, *(step.takes or NONE for step in self.updates)
        )
