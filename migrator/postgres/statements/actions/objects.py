"""Actions on indexes, triggers, views and all other objects, and on a table's upkeep."""

from dataclasses import dataclass
from typing import Literal

from migrator.postgres.statements.actions.base import (
    Action,
    Expression,
    ObjectKind,
    OfTable,
    Reference,
)
from migrator.snapshot.programs import RowEvent
from migrator.snapshot.replica_identity import ReplicaIdentity


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeTriggers(OfTable):
    """ENABLE or DISABLE of triggers."""

    enable: bool
    trigger: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRowSecurity(OfTable):
    """ENABLE, DISABLE, FORCE or NO FORCE ROW LEVEL SECURITY."""

    change: Literal["enable", "disable", "force", "no force"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeOwner(OfTable):
    """OWNER TO, of a table."""

    owner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeReplicaIdentity(OfTable):
    """REPLICA IDENTITY; `index` of the identity "index"."""

    identity: ReplicaIdentity = "default"
    index: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TuneTable(OfTable):
    """A change of parameters or statistics that needs only SHARE UPDATE EXCLUSIVE."""

    exclusive: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateStatistics(OfTable):
    """CREATE STATISTICS."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateIndex(OfTable):
    """CREATE INDEX. `only`: ON ONLY a partitioned parent. `width` counts expressions too.

    uses: where it has expressions or a WHERE, all columns that it reads; functions: that it calls.
    reordered: it has a column DESC or NULLS FIRST.
    """

    index: str | None
    columns: tuple[str, ...]
    width: int
    uses: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    partial: bool = False
    reordered: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it holds columns of every row, as they are."""
        return len(self.columns) == self.width and not self.partial


@dataclass(frozen=True, kw_only=True, slots=True)
class Reindex(Action):
    """REINDEX; `target` is None for a schema, the system or the database."""

    scope: Literal["index", "table", "schema", "database", "system"]
    target: str | None
    concurrently: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RewriteTable(Action):
    """CLUSTER or VACUUM FULL; `table` is None for every table of the database."""

    command: Literal["CLUSTER", "VACUUM FULL"]
    table: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Maintain(Action):
    """VACUUM or ANALYZE without FULL: harmless to the application."""

    tables: tuple[str, ...]
    vacuum: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateObject(Action):
    """CREATE of something that needs no lock on a table, or OR REPLACE of it.

    columns: of a view, the names of its output columns where they can be read off.
    reads: of a view, the relations in its query. references, functions: of a view, or of a
    function whose body PostgreSQL parses at once (``BEGIN ATOMIC``), what it reads and calls.
    volatile: of a function, whether it may give every row another value.
    updatable: whether PostgreSQL lets writes of a view through to its table.
    base, default: of a domain, what it is made of and its DEFAULT; base: of a sequence, its type.
    owner: of a sequence, the (table, column) that it goes with.
    arguments: of a function, the types that tell it from others; header: these with names and
    what it returns, as SQL; types: all of them. body: its text; None where it is parsed at once.
    """

    kind: ObjectKind
    name: str
    replace: bool = False
    columns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    functions: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    header: str = ""
    language: str = ""
    body: str | None = None
    search_path: tuple[str, ...] = ()
    owner: tuple[str, str] | None = None
    volatile: bool = False
    updatable: bool = False
    constrained: bool = False
    base: str | None = None
    default: Expression | None = None
    with_data: bool = True
    if_not_exists: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateTrigger(OfTable):
    """CREATE TRIGGER.

    columns: of ``UPDATE OF``. references: what its WHEN reads. deferrable, deferred: of a
    constraint trigger, DEFERRABLE and INITIALLY DEFERRED.
    """

    trigger: str
    before_write: bool = False
    function: str = ""
    events: tuple[RowEvent, ...] = ()
    columns: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    functions: tuple[str, ...] = ()
    deferrable: bool = False
    deferred: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop(Action):
    """DROP of objects. `tables`: for triggers, policies and rules, the tables they are on.

    arguments: for functions, the types of each one's arguments; None where they are not written.
    """

    kind: ObjectKind
    names: tuple[str, ...]
    tables: tuple[str, ...] = ()
    arguments: tuple[tuple[str, ...] | None, ...] = ()
    if_exists: bool = False
    cascade: bool = False
    concurrently: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RenameObject(Action):
    """RENAME of anything but a table, a column or a constraint."""

    kind: ObjectKind
    name: str
    new_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangePolicy(OfTable):
    """CREATE or ALTER POLICY, and CREATE RULE.

    references, functions: what its expressions, of a rule its statements, read and call.
    """

    policy: str
    change: Literal["create", "alter"]
    kind: Literal["policy", "rule"] = "policy"
    references: tuple[Reference, ...] = ()
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeDomain(Action):
    """ALTER DOMAIN: a constraint added or validated, or something else.

    sets_default: SET DEFAULT with `default`, or DROP DEFAULT with None.
    """

    domain: str
    adds_constraint: bool
    not_valid: bool = False
    validates: bool = False
    sets_default: bool = False
    default: Expression | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeEnum(Action):
    """ALTER TYPE .. ADD VALUE, or RENAME VALUE where `old_value` is given."""

    type: str
    value: str
    old_value: str | None = None
    if_not_exists: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeObject(Action):
    """Another change of behaviour: REVOKE, ALTER SEQUENCE, PUBLICATION, OWNER …"""

    kind: ObjectKind
    name: str
    change: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeSequence(ChangeObject):
    """ALTER SEQUENCE; `type` and `owner` where they change.

    owner: the (table, column) of OWNED BY; empty names for NONE.
    """

    type: str | None = None
    owner: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeComposite(ChangeObject):
    """ALTER TYPE of a composite. retypes: an attribute gets another type; drops: which go."""

    retypes: bool
    drops: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangePublication(ChangeObject):
    """CREATE or ALTER PUBLICATION: tables that are published from now on, or no longer.

    references: the columns that the lists and filters of the tables name. schemas: of which all
    tables are published. of_changes: UPDATEs or DELETEs are published too.
    """

    schemas: tuple[str, ...] = ()
    all_tables: bool = False
    of_changes: bool = True
    action: Literal["add", "set", "drop"] = "add"
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Refresh(Action):
    """REFRESH MATERIALIZED VIEW."""

    view: str
    concurrently: bool
    with_data: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotate(Action):
    """COMMENT, GRANT, SECURITY LABEL: nothing that a running application can notice.

    outside: the command, where it is one that PostgreSQL refuses inside a transaction.
    """

    table: str | None = None
    outside: str | None = None
