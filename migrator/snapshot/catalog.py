"""The catalog: tables, columns, constraints and indexes, as mutable plain data.

Relation names are written as SQL would write them with the session's search path (see `names`):
bare for what that finds, by default in the schema ``public``; ``schema.name`` for others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from migrator.snapshot.dependent import Dependent
from migrator.snapshot.names import SearchPath, search_path
from migrator.snapshot.programs import Routine, Sequence, Trigger
from migrator.snapshot.replica_identity import ReplicaIdentity

TableKind = Literal["table", "partitioned", "view", "materialized view", "sequence"]
ConstraintKind = Literal["check", "foreign key", "unique", "primary key", "exclude", "not null"]
# What a foreign key does where a row that it references is deleted, or its key changed.
KeyAction = Literal["no action", "restrict", "cascade", "set null", "set default"]


@dataclass(kw_only=True, slots=True)
class Column:
    """One column.

    type: as format_type writes it, such as ``character varying(255)``.
    null_fraction: share of NULLs in 0..1 from the planner's statistics, None if unknown.
    added_without_value: seen to be added, with neither default nor NOT NULL, so that
        existing rows hold NULL until something fills them.
    """

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    identity: bool = False
    generated: bool = False
    null_fraction: float | None = None
    added_without_value: bool = False


@dataclass(kw_only=True, slots=True)
class Constraint:
    """One constraint of a table.

    definition: of a check, as pg_get_constraintdef prints it; None where not known.
    derived: made by PostgreSQL for a partition, out of a key of the partitioned table.
    requires_not_null: the column c of a check that is exactly ``c IS NOT NULL``.
    not_null_columns: each c of such a test that the check is, or joins by AND.
    deferrable, deferred: DEFERRABLE, and INITIALLY DEFERRED.
    on_update, on_delete: of a foreign key.
    """

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...] = ()
    validated: bool = True
    references: str | None = None
    referenced_columns: tuple[str, ...] = ()
    definition: str | None = None
    derived: bool = False
    requires_not_null: str | None = None
    not_null_columns: tuple[str, ...] = ()
    deferrable: bool = False
    deferred: bool = False
    on_update: KeyAction = "no action"
    on_delete: KeyAction = "no action"

    def rules_out_null(self, column: str) -> bool:
        """Whether every row that passes has a value in the column."""
        return column == self.requires_not_null or column in self.not_null_columns


@dataclass(kw_only=True, slots=True)
class Domain:
    """A domain.

    base: the type it is made of, as format_type writes it; it may be a domain too. None
        where only an ALTER DOMAIN was seen.
    constrained: by itself, whatever its base is.
    has_default: whether it gives columns without a DEFAULT of their own a value, not NULL.
    default_functions: the functions that this default calls.
    """

    base: str | None = None
    constrained: bool = False
    has_default: bool = False
    default_functions: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class Index:
    """One index; `columns` is empty where it indexes expressions.

    uses: where it has expressions or a WHERE, all columns that it reads.
    parent: the index of the partitioned table that it is a part of.
    reordered: it has a column DESC or NULLS FIRST.
    """

    name: str
    columns: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    parent: str | None = None
    unique: bool = False
    valid: bool = True
    partial: bool = False
    reordered: bool = False


@dataclass(kw_only=True, slots=True)
class Table:
    """A table, view or sequence.

    complete: every column and constraint is known. False for a table of which only a
        few statements were seen.
    schema: its schema, None where no server was asked.
    rows: the planner's estimate; None if never analysed or not known.
    parent: the partitioned (or inherited) table that this one is a part of.
    partition_key: the columns that the key of a partitioned table reads; empty where not known.
    reads: for a view, the (relation, column) pairs that it depends on; of a relation of which it
        names no column, as in a `count(*)`, the column is empty.
    perhaps_another: CREATE TABLE IF NOT EXISTS may have found a table of the name.
    published: its UPDATEs or DELETEs are. replica_index: of the identity "index".
    """

    name: str
    kind: TableKind = "table"
    complete: bool = True
    schema: str | None = None
    rows: int | None = None
    bytes: int | None = None
    parent: str | None = None
    is_default_partition: bool = False
    partition_key: tuple[str, ...] = ()
    triggers: dict[str, Trigger] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    constraints: dict[str, Constraint] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)
    reads: list[tuple[str, str]] = field(default_factory=list)
    perhaps_another: bool = False
    published: bool = False
    replica_identity: ReplicaIdentity = "default"
    replica_index: str | None = None

    @property
    def is_certain(self) -> bool:
        """Whether what is not known of it is not there."""
        return self.complete and not self.perhaps_another

    @property
    def schema_and_name(self) -> tuple[str, str]:
        """Both parts of the name, for SQL."""
        if "." not in self.name:
            return self.schema or search_path().first, self.name
        if self.schema is not None and not self.name.startswith(f"{self.schema}."):
            return self.schema, self.name  # its own name has the dot
        schema = self.schema or self.name.partition(".")[0]
        return schema, self.name.removeprefix(f"{schema}.")

    def foreign_keys(self) -> list[Constraint]:
        """The constraints that reference another table."""
        return [c for c in self.constraints.values() if c.kind == "foreign key"]

    @property
    def primary_key(self) -> Constraint | None:
        """Its primary key, where it has one that is known."""
        return next((c for c in self.constraints.values() if c.kind == "primary key"), None)

    @property
    def primary_key_columns(self) -> tuple[str, ...]:
        """The columns of its primary key; none where it has none that is known."""
        return self.primary_key.columns if self.primary_key is not None else ()

    def has_replica_identity(self) -> bool:
        """Whether something tells a changed row."""
        if self.replica_identity == "default":
            return self.primary_key is not None
        return self.replica_identity == "full" or self.replica_index is not None

    def proves_not_null(self, column: str) -> bool:
        """Whether a validated constraint already rules out NULL in the column."""
        known = self.columns.get(column)
        if known is not None and known.not_null:
            return True
        return any(c.validated and c.rules_out_null(column) for c in self.constraints.values())


@dataclass(kw_only=True, slots=True)
class Catalog:
    """Everything that lint knows of a database.

    version: server_version_num, such as 150018; None if no server was asked.
    search_path: the schemas that a bare name is looked for in.
    complete: read from a server, so that what is not in it does not exist.
    doubtful: code that nobody can judge ran since, and may have made what is not in it.
    timezone: the database's TimeZone setting, None if unknown.
    parents: tables that have, or had, partitions or inheriting tables.
    volatile_functions, stable_functions: the user's own functions by volatility.
    routines: the user's own functions and procedures, by name and types of arguments.
    sequences: by name. dependents: what PostgreSQL does not let stand alone, beside views and
        foreign keys.
    """

    version: int | None = None
    search_path: tuple[str, ...] = ("public",)
    complete: bool = False
    doubtful: bool = False
    timezone: str | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    domains: dict[str, Domain] = field(default_factory=dict)
    enums: list[str] = field(default_factory=list)
    volatile_functions: list[str] = field(default_factory=list)
    stable_functions: list[str] = field(default_factory=list)
    routines: dict[str, Routine] = field(default_factory=dict)
    sequences: dict[str, Sequence] = field(default_factory=dict)
    dependents: list[Dependent] = field(default_factory=list)

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Rows and bytes of the tables whose size is known."""
        if not self.complete:
            return {}
        return {
            table.name: (table.rows, table.bytes)
            for table in self.tables.values()
            if table.rows is not None and table.bytes is not None
        }

    @property
    def path(self) -> SearchPath:
        """How a statement's names are to be read beside this catalog's."""
        hidden = {
            table.name
            for table in self.tables.values()
            if table.schema in self.search_path and table.name.startswith(f"{table.schema}.")
        }
        return SearchPath(schemas=self.search_path, hidden=frozenset(hidden))

    def table(self, name: str) -> Table | None:
        """The relation of that name, or None."""
        return self.tables.get(name)

    def add_child(self, child: Table, parent: str | None) -> None:
        """Makes a table a part of another, or of none."""
        child.parent = parent
        if parent is not None and parent not in self.parents:
            self.parents.append(parent)

    def domain_chain(self, type_name: str) -> list[Domain]:
        """The domain of that name, then the domains it is made of; none for another type."""
        found: list[Domain] = []
        name: str | None = type_name
        while name in self.domains and self.domains[name] not in found:
            found.append(self.domains[name])
            name = found[-1].base
        return found

    def constrains(self, type_name: str) -> bool:
        """Whether the type is a domain that tests its values."""
        return any(domain.constrained for domain in self.domain_chain(type_name))

    def base_type(self, type_name: str) -> str:
        """What a domain is made of in the end; any other type is its own base."""
        chain = self.domain_chain(type_name)
        return (chain[-1].base if chain else None) or type_name

    def schema_and_name(self, relation: str) -> tuple[str, str]:
        """Both parts of a relation's name, for SQL."""
        return (self.tables.get(relation) or Table(name=relation)).schema_and_name

    def insertable(self) -> dict[str, Table]:
        """The tables to write rows to; partitions get theirs through the partitioned table."""
        return {
            table.name: table
            for table in self.tables.values()
            if table.kind in ("table", "partitioned") and not self._is_partition(table)
        }

    def _is_partition(self, table: Table) -> bool:
        parent = self.tables.get(table.parent or "")
        return parent is not None and parent.kind == "partitioned"

    def quoted(self, relation: str) -> str:
        """A relation's name, with its schema where that is known or written, for to_regclass."""
        table = self.table(relation)
        parts = relation.split(".", 1) if table is None else table.schema_and_name
        return ".".join('"' + part.replace('"', '""') + '"' for part in parts)

    def table_of_index(self, index: str) -> Table | None:
        """The table that has an index of that name."""
        return next((t for t in self.tables.values() if index in t.indexes), None)

    def children(self, name: str) -> Iterator[Table]:
        """Partitions and inheriting tables, at every depth; each once, whatever a text claims."""
        pending, seen = [name], {name}
        while pending:
            parent = pending.pop()
            if parent not in self.parents:
                continue
            found = [t for t in self.tables.values() if t.parent == parent and t.name not in seen]
            for table in found:
                seen.add(table.name)
                pending.append(table.name)
                yield table

    def referencing(self, name: str) -> Iterator[tuple[Table, Constraint]]:
        """The foreign keys that point at the table."""
        for table in self.tables.values():
            for key in table.foreign_keys():
                if key.references == name:
                    yield table, key

    def views_reading(self, relation: str, column: str | None = None) -> list[str]:
        """The views that depend on a relation, or on one of its columns."""
        return [
            table.name
            for table in self.tables.values()
            if any(r == relation and column in (None, c) for r, c in table.reads)
        ]
