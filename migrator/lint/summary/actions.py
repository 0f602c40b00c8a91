"""What one statement does to one object. A statement is a tuple of these.

Relations are named as in `migrator.snapshot.catalog`: bare in the schema public.
"""

from dataclasses import dataclass
from typing import Literal

from migrator.snapshot.catalog import ConstraintKind

ObjectKind = Literal[
    "table",
    "index",
    "view",
    "materialized view",
    "sequence",
    "type",
    "domain",
    "function",
    "schema",
    "extension",
    "trigger",
    "policy",
    "rule",
    "publication",
    "object",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """The base of all actions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expression:
    """What matters of a SQL expression.

    text: the expression as PostgreSQL's parser would print it, for messages.
    functions: the functions it calls, in lower case; columns: the columns it reads.
    not_null_column: c where the whole expression is ``c IS NOT NULL``.
    is_column, cast_of: c where the expression is only ``c``, or only ``c::some type``.
    """

    functions: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    not_null_column: str | None = None
    is_column: str | None = None
    cast_of: str | None = None
    has_subquery: bool = False
    is_null: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NewConstraint:
    """A table or column constraint as written. `using_index` names an existing index."""

    name: str | None
    kind: ConstraintKind
    columns: tuple[str, ...] = ()
    not_valid: bool = False
    enforced: bool = True
    references: str | None = None
    referenced_columns: tuple[str, ...] = ()
    using_index: str | None = None
    expression: Expression | None = None

    @property
    def not_null_column(self) -> str | None:
        """The column that this constraint forbids to be NULL, if that is all it does."""
        if self.kind == "not null":
            return self.columns[0]
        return self.expression.not_null_column if self.expression else None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewColumn:
    """A column as written in ADD COLUMN or CREATE TABLE."""

    name: str
    type: str
    not_null: bool = False
    default: Expression | None = None
    serial: bool = False
    identity: bool = False
    generated: Literal["stored", "virtual"] | None = None
    generation: Expression | None = None
    constraints: tuple[NewConstraint, ...] = ()


# Tables


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateTable(Action):
    """CREATE TABLE, also AS and LIKE. `temporary` tables concern this session only."""

    table: str
    columns: tuple[NewColumn, ...] = ()
    constraints: tuple[NewConstraint, ...] = ()
    partition_of: str | None = None
    is_default_partition: bool = False
    partitioned: bool = False
    inherits: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    from_query: bool = False

    def foreign_keys(self) -> tuple[NewConstraint, ...]:
        """The foreign keys, of columns and of the table."""
        found = [c for column in self.columns for c in column.constraints]
        return tuple(c for c in (*found, *self.constraints) if c.kind == "foreign key")


@dataclass(frozen=True, kw_only=True, slots=True)
class OfTable(Action):
    """An action on one table that exists; `if_exists` as written for the table."""

    table: str
    if_exists: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AddColumn(OfTable):
    """ALTER TABLE .. ADD COLUMN."""

    column: NewColumn
    if_not_exists: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DropColumn(OfTable):
    """ALTER TABLE .. DROP COLUMN."""

    column: str
    cascade: bool = False
    column_if_exists: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RenameColumn(OfTable):
    """ALTER TABLE .. RENAME COLUMN."""

    column: str
    new_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenameTable(OfTable):
    """ALTER TABLE .. RENAME TO; `new_name` keeps the schema."""

    new_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetSchema(OfTable):
    """ALTER TABLE .. SET SCHEMA."""

    new_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AlterColumnType(OfTable):
    """ALTER COLUMN .. TYPE."""

    column: str
    type: str
    using: Expression | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SetNotNull(OfTable):
    """ALTER COLUMN .. SET NOT NULL."""

    column: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DropNotNull(OfTable):
    """ALTER COLUMN .. DROP NOT NULL."""

    column: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SetDefault(OfTable):
    """ALTER COLUMN .. SET DEFAULT, or DROP DEFAULT where `default` is None."""

    column: str
    default: Expression | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeIdentity(OfTable):
    """ADD GENERATED .. AS IDENTITY, SET GENERATED, DROP IDENTITY of a column."""

    column: str
    change: Literal["add", "set", "drop"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeGeneration(OfTable):
    """DROP EXPRESSION or SET EXPRESSION of a generated column."""

    column: str
    change: Literal["set", "drop"]


@dataclass(frozen=True, kw_only=True, slots=True)
class AddConstraint(OfTable):
    """ALTER TABLE .. ADD CONSTRAINT."""

    constraint: NewConstraint


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidateConstraint(OfTable):
    """ALTER TABLE .. VALIDATE CONSTRAINT."""

    constraint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DropConstraint(OfTable):
    """ALTER TABLE .. DROP CONSTRAINT."""

    constraint: str
    cascade: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AlterConstraint(OfTable):
    """ALTER TABLE .. ALTER CONSTRAINT; `enforced` is None where that does not change."""

    constraint: str
    enforced: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RenameConstraint(OfTable):
    """ALTER TABLE .. RENAME CONSTRAINT."""

    constraint: str
    new_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeStorage(OfTable):
    """SET TABLESPACE, LOGGED, UNLOGGED or ACCESS METHOD: a new file for the table."""

    change: Literal["tablespace", "logged", "unlogged", "access method"]
    target: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachPartition(OfTable):
    """ALTER TABLE .. ATTACH PARTITION."""

    partition: str
    is_default: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DetachPartition(OfTable):
    """ALTER TABLE .. DETACH PARTITION."""

    partition: str
    concurrently: bool = False


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
    """REPLICA IDENTITY."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TuneTable(OfTable):
    """A change of parameters or statistics that needs only SHARE UPDATE EXCLUSIVE."""

    exclusive: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Truncate(Action):
    """TRUNCATE of one or more tables."""

    tables: tuple[str, ...]
    cascade: bool = False


# Indexes


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateIndex(OfTable):
    """CREATE INDEX. `only`: ON ONLY a partitioned parent. `columns` counts expressions too."""

    index: str | None
    columns: tuple[str, ...]
    width: int
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    partial: bool = False


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


# Other objects


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateObject(Action):
    """CREATE of something that needs no lock on a table, or OR REPLACE of it.

    columns: of a view, the names of its output columns where they can be read off.
    reads: of a view, the relations in its query.
    """

    kind: ObjectKind
    name: str
    replace: bool = False
    columns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    constrained: bool = False
    base: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateTrigger(OfTable):
    """CREATE TRIGGER."""

    trigger: str
    before_write: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Drop(Action):
    """DROP of objects. `tables`: for triggers, policies and rules, the tables they are on."""

    kind: ObjectKind
    names: tuple[str, ...]
    tables: tuple[str, ...] = ()
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
    """CREATE or ALTER POLICY."""

    policy: str
    change: Literal["create", "alter"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeDomain(Action):
    """ALTER DOMAIN: a constraint added, or something else."""

    domain: str
    adds_constraint: bool
    not_valid: bool = False


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
class Refresh(Action):
    """REFRESH MATERIALIZED VIEW."""

    view: str
    concurrently: bool
    with_data: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotate(Action):
    """COMMENT, GRANT, SECURITY LABEL: nothing that a running application can notice."""

    table: str | None = None


# Rows


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRows(OfTable):
    """UPDATE, DELETE or INSERT.

    bounded: WHERE compares a column with a value, so that it may be few rows.
    from_query: an INSERT .. SELECT. columns: the columns that are set.
    reads: the relations in its FROM, USING and subqueries.
    """

    command: Literal["UPDATE", "DELETE", "INSERT"]
    bounded: bool = False
    filtered: bool = False
    from_query: bool = False
    columns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Query(Action):
    """SELECT; `functions` are those it calls, which may do anything."""

    functions: tuple[str, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LockTable(Action):
    """LOCK TABLE; `mode` as in pg_locks without ``Lock``, in words: ``ACCESS EXCLUSIVE``."""

    tables: tuple[str, ...]
    mode: str


# The session


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting(Action):
    """SET or RESET; `value` is None for a reset or an unknown value."""

    name: str
    value: str | None
    local: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TransactionControl(Action):
    """BEGIN, COMMIT, ROLLBACK and SAVEPOINTs."""

    command: Literal["begin", "commit", "rollback", "savepoint"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opaque(Action):
    """Code that cannot be judged from outside: DO, CALL, EXECUTE, an unknown command."""

    what: str
    reason: str
