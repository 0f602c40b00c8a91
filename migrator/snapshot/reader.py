"""Reads a catalog from a running server, in one transaction and with few queries."""

from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from migrator.snapshot import queries
from migrator.snapshot.catalog import (
    Catalog,
    Column,
    Constraint,
    ConstraintKind,
    Domain,
    Index,
    KeyAction,
    Table,
    TableKind,
)
from migrator.snapshot.dependent_reader import read_dependents
from migrator.snapshot.printed_check import joined_by_and
from migrator.snapshot.programs import Routine, RowEvent, Sequence, Trigger
from migrator.snapshot.replica_identity import REPLICA_IDENTITIES

# Of whatever the role or the database has set: a lock is waited for shortly, and the reading itself
# takes as long as it takes. A server knows those of its version.
_LIMITS = """
SELECT set_config(name, CASE name WHEN 'lock_timeout' THEN '5s' ELSE '0' END, false)
FROM pg_settings
WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout',
               'idle_session_timeout', 'idle_in_transaction_session_timeout')
"""
# Named tuples, whose fields the queries name.
Rows = psycopg.Cursor[Any]

RELATION_KINDS: dict[str, TableKind] = {
    "r": "table",
    "p": "partitioned",
    "v": "view",
    "m": "materialized view",
    "S": "sequence",
}
CONSTRAINT_KINDS: dict[str, ConstraintKind] = {
    "c": "check",
    "f": "foreign key",
    "u": "unique",
    "p": "primary key",
    "x": "exclude",
    "n": "not null",
}
KEY_ACTIONS: dict[str, KeyAction] = {
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
EVENTS: tuple[tuple[int, RowEvent], ...] = ((4, "INSERT"), (16, "UPDATE"), (8, "DELETE"))


def read(database_url: str) -> Catalog:
    """The catalog of every schema but PostgreSQL's own. Raises psycopg.Error.

    Some of PostgreSQL's own functions lock each relation for a moment (ACCESS SHARE), so a
    table that someone else locks for longer makes it fail rather than wait.
    """
    url = database_url.replace("postgresql+psycopg", "postgresql", 1)
    with psycopg.connect(url, row_factory=namedtuple_row) as connection:
        connection.execute(_LIMITS)
        return read_from(connection)


def read_from(connection: "psycopg.Connection[Any]") -> Catalog:
    """As `read`, on an open connection, inside its transaction."""
    catalog = Catalog(complete=True, version=connection.info.server_version)
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        catalog.search_path = read_search_path(cursor)
        catalog.timezone = cursor.execute("SHOW TimeZone").fetchall()[0][0]
        _read_relations(cursor, catalog)
        _read_columns(cursor, catalog)
        _read_constraints(cursor, catalog)
        _read_indexes(cursor, catalog)
        _read_triggers_and_views(cursor, catalog)
        _read_types_and_sequences(cursor, catalog)
        _read_functions(cursor, catalog)
        catalog.dependents = read_dependents(cursor)
    return catalog


def read_search_path(cursor: "psycopg.Cursor[Any]") -> tuple[str, ...]:
    """The schemas that are there of the session's search_path, but for PostgreSQL's own."""
    cursor.execute("SELECT unnest(current_schemas(false))::text")
    return tuple(row[0] for row in cursor.fetchall())


def _read_triggers_and_views(cursor: Rows, catalog: Catalog) -> None:
    for row in cursor.execute(queries.TRIGGERS):
        if row.relation not in catalog.tables:
            continue
        catalog.tables[row.relation].triggers[row.name] = Trigger(
            name=row.name,
            function=row.function,
            events=tuple(event for bit, event in EVENTS if row.bits & bit),
            columns=tuple(row.columns),
            enabled=row.enabled,
            deferrable=row.deferrable,
            deferred=row.deferred,
        )
    for row in cursor.execute(queries.VIEW_READS):
        if row.view in catalog.tables:
            catalog.tables[row.view].reads.append((row.relation, row.column_name))


def _read_relations(cursor: Rows, catalog: Catalog) -> None:
    for row in cursor.execute(queries.RELATIONS):
        table = catalog.tables[row.name] = Table(
            name=row.name,
            kind=RELATION_KINDS[row.kind],
            schema=row.schema,
            rows=row.rows,
            bytes=row.bytes,
            is_default_partition=row.is_default,
            partition_key=tuple(row.partition_key),
            replica_identity=REPLICA_IDENTITIES[row.replica_identity],
            replica_index=row.replica_index,
        )
        catalog.add_child(table, row.parent)
    for row in cursor.execute(queries.PUBLISHED):
        catalog.tables[row.name].published = True


def _read_columns(cursor: Rows, catalog: Catalog) -> None:
    for row in cursor.execute(queries.COLUMNS):
        catalog.tables[row.relation].columns[row.name] = Column(
            name=row.name,
            type=row.type,
            not_null=row.not_null,
            default=row.default_text,
            identity=row.identity,
            generated=row.generated,
            null_fraction=row.null_fraction,
        )


def _read_constraints(cursor: Rows, catalog: Catalog) -> None:
    for row in cursor.execute(queries.CONSTRAINTS):
        kind = CONSTRAINT_KINDS.get(row.kind)
        if kind is None or row.relation not in catalog.tables:
            continue
        required, only = _not_null_columns(row.kind, row.definition, row.columns)
        catalog.tables[row.relation].constraints[row.name] = Constraint(
            name=row.name,
            kind=kind,
            columns=tuple(row.columns),
            validated=row.validated,
            references=row.referenced,
            referenced_columns=tuple(row.referenced_columns),
            definition=row.definition if row.kind == "c" else None,
            derived=row.derived,
            requires_not_null=only,
            not_null_columns=required,
            deferrable=row.deferrable,
            deferred=row.deferred,
            on_update=KEY_ACTIONS.get(row.on_update, "no action"),
            on_delete=KEY_ACTIONS.get(row.on_delete, "no action"),
        )


def _not_null_columns(
    kind: str, definition: str, columns: list[str]
) -> tuple[tuple[str, ...], str | None]:
    """The columns that a constraint forbids to be NULL, and the one where that is all it does."""
    if kind == "n":
        return tuple(columns), columns[0]
    if kind != "c":
        return (), None
    # NOT VALID and the like come after the expression.
    start, end = len("CHECK "), definition.rindex(")") + 1
    conditions = joined_by_and(definition[start:end])
    required = tuple(column for column in columns if _not_null_tests(column) & {*conditions})
    return required, required[0] if required and len(conditions) == 1 else None


def _not_null_tests(column: str) -> set[str]:
    """Both ways to print the test, as only PostgreSQL knows which names need quotes."""
    quoted = column.replace('"', '""')
    return {f"{column} IS NOT NULL", f'"{quoted}" IS NOT NULL'}


def _read_indexes(cursor: Rows, catalog: Catalog) -> None:
    for row in cursor.execute(queries.INDEXES):
        catalog.tables[row.relation].indexes[row.name] = Index(
            name=row.name,
            columns=tuple(row.columns or ()),
            uses=tuple(row.uses or ()),
            unique=row.is_unique,
            valid=row.valid,
            partial=row.partial,
            reordered=row.reordered,
            parent=row.parent,
        )


def _read_types_and_sequences(cursor: Rows, catalog: Catalog) -> None:
    for row in cursor.execute(queries.TYPES):
        if row.kind == "e":
            catalog.enums.append(row.name)
        else:
            catalog.domains[row.name] = Domain(
                base=row.base,
                constrained=row.constrained,
                has_default=row.has_default,
                default_functions=tuple(row.default_functions),
            )
    for row in cursor.execute(queries.SEQUENCES):
        owner = (row.owner, row.owner_column) if row.owner is not None else None
        catalog.sequences[row.name] = Sequence(
            type=row.type, owner=owner, identity=bool(row.identity)
        )


def _read_functions(cursor: Rows, catalog: Catalog) -> None:
    volatility: dict[str, bool] = {}
    for row in cursor.execute(queries.FUNCTIONS):
        catalog.routines[f"{row.name}({row.arguments})"] = Routine(
            name=row.name,
            language=row.language,
            header=row.header or "",
            body=row.body or None,
            search_path=_listed(row.search_path or ""),
            of_extension=row.of_extension,
        )
        if row.kind == "f":
            volatility[row.bare] = row.volatile or volatility.get(row.bare, False)
    for name, volatile in sorted(volatility.items()):
        (catalog.volatile_functions if volatile else catalog.stable_functions).append(name)


def _listed(setting: str) -> tuple[str, ...]:
    """The schemas of a search_path as it is kept."""
    names = (name.strip().strip('"') for name in setting.split(","))
    return tuple(name for name in names if name)
