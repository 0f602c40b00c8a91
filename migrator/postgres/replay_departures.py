"""Carries forward what dropped and renamed objects take along: dependents, routines, sequences."""

from collections.abc import Iterable

from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog, Table
from migrator.snapshot.dependent import Need

# Parts of a column, which go with it and are called as it is.
OF_COLUMN = ("default", "generated column", "column")


def signature(name: str, arguments: Iterable[str]) -> str:
    """A function as the catalog names it: ``f(integer, text)``."""
    return f"{name}({', '.join(arguments)})"


def routines_named(name: str, arguments: tuple[str, ...] | None, catalog: Catalog) -> list[str]:
    """The signatures that a statement means; the types of arguments may not be written."""
    if arguments is not None and signature(name, arguments) in catalog.routines:
        return [signature(name, arguments)]
    found = [key for key, routine in catalog.routines.items() if routine.name == name]
    return found if arguments is None or len(found) == 1 else []


def remove(kind: str, name: str, table: str | None, catalog: Catalog) -> None:
    """Forgets one dependent."""
    catalog.dependents = [
        each
        for each in catalog.dependents
        if each.name != name or each.kind != kind or each.table != table
    ]


def drop_column(action: a.DropColumn, catalog: Catalog) -> None:
    """The column's own parts go with it; with CASCADE what needs it, too."""
    family = {action.table, *(child.name for child in catalog.children(action.table))}
    dropped = {Need("relation", table, action.column) for table in family}
    catalog.dependents = [
        each
        for each in catalog.dependents
        if not (each.kind in OF_COLUMN and each.table in family and each.name == action.column)
        and not (action.cascade and dropped & {*each.needs})
    ]
    for name, sequence in list(catalog.sequences.items()):
        if sequence.owner == (action.table, action.column):
            _forget_sequence(name, catalog)


def _forget_sequence(name: str, catalog: Catalog) -> None:
    catalog.sequences.pop(name, None)
    catalog.dependents = [
        each for each in catalog.dependents if Need("relation", name) not in each.needs
    ]


def rename_column(action: a.RenameColumn, catalog: Catalog) -> None:
    """What needs the column knows it by its new name."""
    family = {action.table, *(child.name for child in catalog.children(action.table))}
    for each in catalog.dependents:
        each.needs = [
            need._replace(column=action.new_name)
            if need.kind == "relation" and need.name in family and need.column == action.column
            else need
            for need in each.needs
        ]
        if each.kind in OF_COLUMN and each.table in family and each.name == action.column:
            each.name = action.new_name
    for sequence in catalog.sequences.values():
        if sequence.owner is not None and sequence.owner == (action.table, action.column):
            sequence.owner = (action.table, action.new_name)
    for name in family:
        for trigger in catalog.tables[name].triggers.values() if name in catalog.tables else ():
            trigger.columns = tuple(
                action.new_name if column == action.column else column for column in trigger.columns
            )


def rename_table(action: a.RenameTable | a.SetSchema, catalog: Catalog) -> None:
    """Likewise for a table."""
    _follow_relation(action.table, action.new_name, catalog)


def _follow_relation(old: str, new: str, catalog: Catalog) -> None:
    for each in catalog.dependents:
        if each.table == old:
            each.table = new
        if each.kind in ("view", "materialized view", "table") and each.name == old:
            each.name = new
        each.needs = [
            need._replace(name=new)
            if need.kind in ("relation", "constraint") and need.name == old
            else need
            for need in each.needs
        ]
    for sequence in catalog.sequences.values():
        if sequence.owner is not None and sequence.owner[0] == old:
            sequence.owner = (new, sequence.owner[1])
    if old in catalog.sequences:
        catalog.sequences[new] = catalog.sequences.pop(old)


def rename_object(action: a.RenameObject, catalog: Catalog) -> None:
    """Likewise for another relation, a trigger, a policy or a rule."""
    if action.kind in ("view", "materialized view", "sequence"):
        _follow_relation(action.name, action.new_name, catalog)
        if action.name in catalog.tables:
            table = catalog.tables.pop(action.name)
            table.name = action.new_name
            catalog.tables[action.new_name] = table
    elif action.kind == "index":
        owner = catalog.table_of_index(action.name)
        if owner is not None:
            rename_index(owner, action.name, action.new_name)
    elif action.kind in ("trigger", "policy", "rule"):
        name, _, relation = action.name.rpartition(" on ")
        for each in catalog.dependents:
            if (each.kind, each.name, each.table) == (action.kind, name, relation):
                each.name = action.new_name
        table = catalog.table(relation)
        if action.kind == "trigger" and table is not None and name in table.triggers:
            trigger = table.triggers.pop(name)
            trigger.name = action.new_name
            table.triggers[action.new_name] = trigger


def rename_index(table: Table, old: str, new: str) -> None:
    """An index and the constraint that it belongs to have one name."""
    index, constraint = table.indexes.pop(old, None), table.constraints.pop(old, None)
    if index is not None:
        index.name = new
        table.indexes[new] = index
    if constraint is not None:
        constraint.name = new
        table.constraints[new] = constraint
    if table.replica_index == old:
        table.replica_index = new


def drop(action: a.Drop, catalog: Catalog) -> None:
    """The object goes, and what needs it: PostgreSQL has refused, or CASCADE takes it away."""
    if action.kind == "function":
        for name, arguments in zip(action.names, action.arguments, strict=True):
            for key in routines_named(name, arguments, catalog):
                _drop_routine(key, catalog)
        return
    tables = action.tables or (None,) * len(action.names)
    for name, table in zip(action.names, tables, strict=True):
        if action.kind in ("table", "view", "materialized view", "sequence"):
            _drop_relation(name, catalog, cascade=action.cascade)
        elif action.kind in ("type", "domain"):
            _drop_type(name, catalog)
        elif action.kind in ("publication", "index", "statistics"):
            catalog.dependents = [
                each for each in catalog.dependents if (each.kind, each.name) != (action.kind, name)
            ]
        else:
            remove(action.kind, name, table, catalog)


def _drop_type(name: str, catalog: Catalog) -> None:
    catalog.domains.pop(name, None)
    if name in catalog.enums:
        catalog.enums.remove(name)
    remove("type", name, None, catalog)
    _drop_needing(Need("type", name), catalog)


def _drop_routine(key: str, catalog: Catalog) -> None:
    catalog.routines.pop(key, None)
    remove("function", key, None, catalog)
    remove("procedure", key, None, catalog)
    _drop_needing(Need("function", key), catalog)


def _drop_needing(need: Need, catalog: Catalog) -> None:
    """What is left without it: PostgreSQL has refused, or CASCADE takes it away."""
    for each in catalog.dependents:
        table = catalog.table(each.table) if each.table else None
        if each.kind == "trigger" and table is not None and need in each.needs:
            table.triggers.pop(each.name, None)
    catalog.dependents = [each for each in catalog.dependents if need not in each.needs]


def _drop_relation(name: str, catalog: Catalog, *, cascade: bool) -> None:
    catalog.dependents = [
        each
        for each in catalog.dependents
        if each.table != name
        and not (cascade and any(n.kind == "relation" and n.name == name for n in each.needs))
    ]
    owned = [key for key, each in catalog.sequences.items() if each.owner and each.owner[0] == name]
    for sequence in (*owned, name):
        if sequence in catalog.sequences:
            _forget_sequence(sequence, catalog)
