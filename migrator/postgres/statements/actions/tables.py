"""Actions on tables, their columns, constraints and partitions."""

from dataclasses import dataclass
from typing import Literal

from migrator.postgres.statements.actions.base import (
    Action,
    Expression,
    NewColumn,
    NewConstraint,
    OfTable,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateTable(Action):
    """CREATE TABLE, also AS and LIKE. `temporary` tables concern this session only.

    like: the tables it is made like; with `from_query` those that its query reads.
    partition_key: the columns that the key of its partitions reads.
    """

    table: str
    columns: tuple[NewColumn, ...] = ()
    constraints: tuple[NewConstraint, ...] = ()
    partition_of: str | None = None
    is_default_partition: bool = False
    partitioned: bool = False
    partition_key: tuple[str, ...] = ()
    inherits: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    from_query: bool = False
    with_data: bool = True

    def foreign_keys(self) -> tuple[NewConstraint, ...]:
        """The foreign keys, of columns and of the table."""
        found = [c for column in self.columns for c in column.constraints]
        return tuple(c for c in (*found, *self.constraints) if c.kind == "foreign key")


@dataclass(frozen=True, kw_only=True, slots=True)
class AddColumn(OfTable):
    """ALTER TABLE .. ADD COLUMN. `only`: ONLY a parent, without what inherits from it."""

    column: NewColumn
    if_not_exists: bool = False
    only: bool = False


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
    collation: str | None = None


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
    """ALTER TABLE .. ADD CONSTRAINT. `only`: ONLY a parent, without its partitions."""

    constraint: NewConstraint
    only: bool = False


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
    """SET TABLESPACE, LOGGED, UNLOGGED or ACCESS METHOD: a new file for the table.

    of_index: `table` is an index.
    """

    change: Literal["tablespace", "logged", "unlogged", "access method"]
    target: str | None = None
    of_index: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachPartition(OfTable):
    """ALTER TABLE .. ATTACH PARTITION. has_null: whether its bound allows NULL by name."""

    partition: str
    is_default: bool = False
    has_null: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DetachPartition(OfTable):
    """ALTER TABLE .. DETACH PARTITION.

    finalize: the second half of one that was CONCURRENTLY.
    """

    partition: str
    concurrently: bool = False
    finalize: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Truncate(Action):
    """TRUNCATE of one or more tables."""

    tables: tuple[str, ...]
    cascade: bool = False
