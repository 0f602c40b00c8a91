"""What else a DROP .. CASCADE takes away: columns of a type, relations of a schema, views, foreign
keys; and what knows a relation by its name."""

import re
from collections.abc import Iterator

from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog, Table
from migrator.snapshot.names import search_path


def schema_of(name: str) -> str:
    """The schema of a relation or type as the catalog names it."""
    return name.rpartition(".")[0] or search_path().first


def owner_of_namesake(action: a.CreateIndex, catalog: Catalog) -> Table | None:
    """The table that has an index of the new one's name in the same schema."""
    return next(
        (
            owner
            for owner in catalog.tables.values()
            if action.index in owner.indexes and schema_of(owner.name) == schema_of(action.table)
        ),
        None,
    )


def finds_index(action: a.CreateIndex, catalog: Catalog) -> bool:
    """Whether CREATE INDEX IF NOT EXISTS surely finds an index of its name, and does nothing."""
    is_sure = action.if_not_exists and catalog.complete and not catalog.doubtful
    return is_sure and owner_of_namesake(action, catalog) is not None


def relations_in(schema: str, catalog: Catalog) -> list[str]:
    """The relations of a schema."""
    return [name for name in catalog.tables if schema_of(name) == schema]


def columns_dropped(action: a.Drop, catalog: Catalog) -> Iterator[tuple[Table, str]]:
    """(table, column) of each column whose type, or the type of its items, is dropped."""
    for table in catalog.tables.values():
        for column in table.columns.values():
            type_name = re.sub(r"(\(.*\))?(\[\])*$", "", column.type).replace('"', "")
            if action.kind == "schema":
                is_own = "." in type_name or type_name in (*catalog.domains, *catalog.enums)
                is_dropped = is_own and schema_of(type_name) in action.names
            else:
                is_dropped = type_name in action.names
            if is_dropped:
                yield table, column.name


def dropped_relations(action: a.Drop, catalog: Catalog) -> list[str]:
    """The relations that a DROP names, and the partitions that go with them."""
    found = dict.fromkeys(action.names)
    for name in action.names:
        for child in catalog.children(name):
            parent = catalog.table(child.parent) if child.parent else None
            if parent is not None and parent.kind == "partitioned":
                found[child.name] = None
    return list(found)


def views_needing(relation: str, column: str | None, catalog: Catalog) -> set[str]:
    """The views that need a relation, or one of its columns, and those that need these in turn."""
    found: set[str] = set()
    pending = catalog.views_reading(relation, column)
    while pending:
        view = pending.pop()
        if view not in found:
            found.add(view)
            pending += catalog.views_reading(view)
    return found


def drop_dependents(relation: str, column: str | None, catalog: Catalog) -> None:
    """Drops the views and foreign keys that need a relation, or one of its columns."""
    for table, key in list(catalog.referencing(relation)):
        if column is None or column in key.referenced_columns:
            del table.constraints[key.name]
    for view in views_needing(relation, column, catalog):
        del catalog.tables[view]


def drop_references(relation: str, columns: tuple[str, ...], catalog: Catalog) -> None:
    """Drops the foreign keys that reference a key of a relation."""
    for table, key in list(catalog.referencing(relation)):
        if not key.referenced_columns or sorted(key.referenced_columns) == sorted(columns):
            del table.constraints[key.name]


def written_tables(name: str, catalog: Catalog) -> list[str]:
    """The table that a write reaches: itself, or that of a simple view."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        table = catalog.table(name)
        if table is None or table.kind != "view":
            return [name]
        below = list(dict.fromkeys(relation for relation, _ in table.reads))
        if len(below) == 1:
            name = below[0]
    return []


def follow_column(relation: str, old: str, new: str, catalog: Catalog) -> None:
    """Views and foreign keys go with a column that is renamed."""
    for _, key in catalog.referencing(relation):
        key.referenced_columns = renamed(key.referenced_columns, old, new)
    for view in catalog.views_reading(relation, old):
        table = catalog.tables[view]
        table.reads = [(relation, new) if pair == (relation, old) else pair for pair in table.reads]


def follow_relation(old: str, new: str, catalog: Catalog) -> None:
    """Views and foreign keys go with a relation that is renamed."""
    for _, key in catalog.referencing(old):
        key.references = new
    for view in catalog.views_reading(old):
        table = catalog.tables[view]
        table.reads = [(new if name == old else name, column) for name, column in table.reads]


def renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    """The columns, one of them under its new name."""
    return tuple(new if column == old else column for column in columns)
