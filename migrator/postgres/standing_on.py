"""What stands on a column or another object, so that PostgreSQL refuses to take it away."""

from collections.abc import Iterable, Iterator

from migrator.postgres.dependents import columns_dropped, dropped_relations, schema_of
from migrator.postgres.replay_departures import OF_COLUMN, routines_named
from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog, Table
from migrator.snapshot.dependent import Dependent, Need

# Before this version a generated column went with what it reads, without a word.
KEEPS_GENERATED = 150000


def on_column(table: str, column: str, catalog: Catalog) -> list[Dependent]:
    """What reads a column, beside views and foreign keys, its indexes and its constraints."""
    family = {table, *(child.name for child in catalog.children(table))}
    wanted = {Need("relation", name, column) for name in family}
    found: dict[tuple[str, str], Dependent] = {}
    for each in catalog.dependents:
        own = each.kind in OF_COLUMN and each.table in family and each.name == column
        if not own and wanted & {*each.needs}:
            # One of the partitioned table is there in each partition, too.
            found.setdefault((each.kind, each.name), each)
    return list(found.values())


def on_dropped_column(
    table: str, column: str, catalog: Catalog, version: int
) -> Iterator[tuple[Dependent, str]]:
    """(dependent, what it needs) of each that PostgreSQL does not leave without the column."""
    for each in on_column(table, column, catalog):
        if each.kind != "generated column" or version >= KEEPS_GENERATED:
            yield each, f"{table}.{column}"
    for name, sequence in catalog.sequences.items():
        if sequence.owner == (table, column):
            for each in _needing(Need("relation", name), catalog):
                if (each.table, each.name) != (table, column):
                    yield each, f"the sequence {name}, which goes with {table}.{column}"


def on_dropped(action: a.Drop, catalog: Catalog) -> Iterator[tuple[Dependent, str]]:
    """(dependent, what it needs) of each that PostgreSQL does not leave without an object.

    Beside views, foreign keys and inheriting tables of dropped relations.
    """
    if action.kind in ("table", "view", "materialized view", "sequence"):
        yield from _on_relations(dropped_relations(action, catalog), catalog)
    elif action.kind == "function":
        for name, arguments in zip(action.names, action.arguments, strict=True):
            for key in routines_named(name, arguments, catalog):
                yield from ((each, key) for each in _needing(Need("function", key), catalog))
    elif action.kind in ("type", "domain"):
        yield from _on_types(action, catalog)
    elif action.kind == "schema":
        for name in action.names:
            yield from ((each, f"the schema {name}") for each in _in_schema(name, catalog))
    elif action.kind == "extension":
        for name in action.names:
            needing = _needing(Need("extension", name), catalog)
            yield from ((each, f"the extension {name}") for each in needing)


def _on_relations(dropped: list[str], catalog: Catalog) -> Iterator[tuple[Dependent, str]]:
    for each in catalog.dependents:
        needed = next((n for n in each.needs if n.kind == "relation" and n.name in dropped), None)
        if needed is not None and each.table not in dropped and each.kind != "column":
            yield each, needed.name
    for relation in dropped:
        for user in row_type_users(relation, catalog):
            table, _, column = user.rpartition(".")
            if table not in dropped:
                part = Dependent(kind="column", name=column, table=table)
                yield part, f"the row type of {relation}"
    for name, sequence in catalog.sequences.items():
        if sequence.owner is not None:
            yield from _on_sequence(name, *sequence.owner, dropped, catalog)


def _on_sequence(
    name: str, table: str, column: str, dropped: list[str], catalog: Catalog
) -> Iterator[tuple[Dependent, str]]:
    """Of a sequence that goes with a column: what else draws from it; its column, as identity."""
    if table in dropped:
        for each in _needing(Need("relation", name), catalog):
            if each.table not in dropped:
                yield each, f"the sequence {name}, which goes with {table}"
    elif name in dropped and catalog.sequences[name].identity:
        yield Dependent(kind="column", name=column, table=table), f"{name}, as its identity"


def _on_types(action: a.Drop, catalog: Catalog) -> Iterator[tuple[Dependent, str]]:
    for table, column in columns_dropped(action, catalog):
        if table.kind in ("table", "partitioned"):
            yield Dependent(kind="column", name=column, table=table.name), action.names[0]
    for name in action.names:
        for each in _needing(Need("type", name), catalog):
            if each.kind != "column" and (each.kind != "type" or each.name not in action.names):
                yield each, name


def _in_schema(schema: str, catalog: Catalog) -> Iterator[Dependent]:
    for table in catalog.tables.values():
        owner = catalog.sequences[table.name].owner if table.name in catalog.sequences else None
        if schema_of(table.name) == schema and owner is None:
            yield Dependent(kind=_kind(table), name=table.name)
    for key in catalog.routines:
        if schema_of(key.partition("(")[0]) == schema:
            yield Dependent(kind="function", name=key)
    for name in (*catalog.domains, *catalog.enums):
        if schema_of(name) == schema:
            yield Dependent(kind="type", name=name)


def _kind(table: Table) -> str:
    return "table" if table.kind == "partitioned" else table.kind


def row_type_users(table: str, catalog: Catalog) -> list[str]:
    """The columns, as ``table.column``, whose type, or that of their items, is the table's row."""
    return [
        f"{other.name}.{column.name}"
        for other in catalog.tables.values()
        if other.kind in ("table", "partitioned", "materialized view")
        for column in other.columns.values()
        if _bare(column.type) == table
    ]


def keys_needing(table: str, columns: Iterable[str], catalog: Catalog) -> Iterator[tuple[str, str]]:
    """(table, foreign key) of each that references exactly these columns."""
    wanted = {*columns}
    for other, key in catalog.referencing(table):
        if not key.derived and {*key.referenced_columns} == wanted:
            yield other.name, key.name


def _needing(need: Need, catalog: Catalog) -> list[Dependent]:
    return [each for each in catalog.dependents if need in each.needs]


def views_grouping_by(table: str, constraint: str, catalog: Catalog) -> list[Dependent]:
    """Views that show columns beside a GROUP BY of the key alone."""
    return _needing(Need("constraint", table, constraint), catalog)


def _bare(type_name: str) -> str:
    return type_name.partition("[")[0].replace('"', "")
