"""Carries forward what is no table: routines, sequences, and what depends on other objects."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from migrator.postgres.default_names import name_of, sequence_name
from migrator.postgres.replay_departures import (
    drop,
    drop_column,
    remove,
    rename_column,
    rename_object,
    rename_table,
    routines_named,
    signature,
)
from migrator.postgres.resolution import columns_read
from migrator.postgres.statements import actions as a
from migrator.postgres.statements.references import ALL_COLUMNS
from migrator.snapshot import Catalog, Column
from migrator.snapshot.dependent import Dependent, Need
from migrator.snapshot.programs import Routine, Sequence

Step = Callable[[Any, Catalog], None]


def replay_objects(action: a.Action, catalog: Catalog) -> None:
    """Applies one action, after `replay` has done so to the tables."""
    step = STEPS.get(type(action))
    if step is not None:
        step(action, catalog)


def _needs_of(
    references: Iterable[a.Reference], functions: Iterable[str], catalog: Catalog
) -> list[Need]:
    columns = [Need("relation", *pair) for pair in columns_read(references, catalog)]
    return list(dict.fromkeys([*columns, *_calls(functions, catalog)]))


def _put(dependent: Dependent, catalog: Catalog) -> None:
    """Adds it, in place of one of the same name."""
    remove(dependent.kind, dependent.name, dependent.table, catalog)
    if dependent.needs:
        catalog.dependents.append(dependent)


def _create_table(action: a.CreateTable, catalog: Catalog) -> None:
    if not action.temporary:
        for column in action.columns:
            _note_column(action.table, column, catalog)
        for constraint in action.constraints:
            _note_constraint(action.table, constraint, catalog)


def _add_column(action: a.AddColumn, catalog: Catalog) -> None:
    table = catalog.table(action.table)
    if table is not None and action.column.name in table.columns:
        _note_column(action.table, action.column, catalog)


def _note_column(table: str, column: a.NewColumn, catalog: Catalog) -> None:
    name = column.name
    if column.generation is not None:
        needs = [Need("relation", table, read) for read in column.generation.columns]
        needs += _calls(column.generation.functions, catalog)
        _put(Dependent(kind="generated column", name=name, table=table, needs=needs), catalog)
    if column.serial or column.identity:
        sequence = sequence_name(table, name)
        catalog.sequences[sequence] = Sequence(
            type=column.type, owner=(table, name), identity=column.identity
        )
        if column.serial:
            need = Need("relation", sequence)
            _put(Dependent(kind="default", name=name, table=table, needs=[need]), catalog)
    for constraint in column.constraints:
        _note_constraint(table, constraint, catalog)
    if column.default is not None:
        _note_default(table, name, column.default, catalog)


def _note_constraint(table: str, new: a.NewConstraint, catalog: Catalog) -> None:
    if new.expression is not None:
        calls = _calls(new.expression.functions, catalog)
        name = name_of(table, new)
        _put(Dependent(kind="constraint", name=name, table=table, needs=calls), catalog)


def _calls(functions: Iterable[str], catalog: Catalog) -> list[Need]:
    return [
        Need("function", key) for name in functions for key in routines_named(name, None, catalog)
    ]


def _add_constraint(action: a.AddConstraint, catalog: Catalog) -> None:
    _note_constraint(action.table, action.constraint, catalog)


def _drop_constraint(action: a.DropConstraint, catalog: Catalog) -> None:
    remove("constraint", action.constraint, action.table, catalog)


def _create_index(action: a.CreateIndex, catalog: Catalog) -> None:
    if action.index is not None:
        calls = _calls(action.functions, catalog)
        _put(Dependent(kind="index", name=action.index, table=action.table, needs=calls), catalog)


def _note_default(table: str, column: str, default: a.Expression | None, catalog: Catalog) -> None:
    sequences = default.sequences if default is not None else ()
    needs = [Need("relation", sequence) for sequence in sequences]
    needs += _calls(default.functions if default is not None else (), catalog)
    _put(Dependent(kind="default", name=column, table=table, needs=needs), catalog)


def _set_default(action: a.SetDefault, catalog: Catalog) -> None:
    _note_default(action.table, action.column, action.default, catalog)


def _create_object(action: a.CreateObject, catalog: Catalog) -> None:
    if action.kind == "function":
        _create_function(action, catalog)
    elif action.kind == "sequence":
        catalog.sequences.setdefault(
            action.name, Sequence(type=action.base or "bigint", owner=action.owner)
        )
    elif action.kind in ("view", "materialized view"):
        needs = [n for n in _needs_of((), action.functions, catalog) if n.kind == "function"]
        view = Dependent(kind=action.kind, name=action.name, table=action.name, needs=needs)
        _put(view, catalog)
    elif action.kind == "domain" and action.base:
        needs = [Need("type", action.base.removesuffix("[]"))]
        _put(Dependent(kind="type", name=action.name, needs=needs), catalog)


def _create_function(action: a.CreateObject, catalog: Catalog) -> None:
    key = signature(action.name, action.arguments)
    catalog.routines[key] = Routine(
        name=action.name,
        language=action.language,
        header=action.header,
        body=action.body,
        search_path=action.search_path,
    )
    needs = _needs_of(action.references, action.functions, catalog)
    for written in action.types:
        kind = written.removesuffix("[]")
        needs.append(Need("relation" if kind in catalog.tables else "type", kind))
    _put(Dependent(kind="function", name=key, needs=needs), catalog)


def _create_trigger(action: a.CreateTrigger, catalog: Catalog) -> None:
    # A row as a whole, `NEW.*`, depends on no column.
    read = [each for each in action.references if each.column != ALL_COLUMNS]
    needs = [Need("relation", action.table, column) for column in action.columns]
    found = _needs_of(read, action.functions, catalog)
    needs += [need for need in found if need.column or need.name != action.table]
    needs += [Need("function", key) for key in routines_named(action.function, (), catalog)]
    trigger = Dependent(kind="trigger", name=action.trigger, table=action.table, needs=needs)
    _put(trigger, catalog)


def _change_policy(action: a.ChangePolicy, catalog: Catalog) -> None:
    if action.change == "alter" and not (action.references or action.functions):
        return
    needs = _needs_of(action.references, action.functions, catalog)
    # It goes with its own table, but not with a column of it.
    needs = [need for need in needs if need != Need("relation", action.table)]
    _put(Dependent(kind=action.kind, name=action.policy, table=action.table, needs=needs), catalog)


def _change_sequence(action: a.ChangeSequence, catalog: Catalog) -> None:
    known = catalog.sequences.get(action.name)
    if known is None:
        if action.type is None and action.owner is None:
            return
        known = catalog.sequences[action.name] = Sequence()
    known.type = action.type or known.type
    if action.owner is not None:
        known.owner = action.owner if action.owner[0] else None


def _change_publication(action: a.ChangePublication, catalog: Catalog) -> None:
    for each in [each for each in catalog.dependents if each.kind == "publication"]:
        is_gone = action.action == "set" or each.table in action.tables
        if each.name == action.name and is_gone:
            catalog.dependents.remove(each)
            _publish(each.table, catalog)
    if action.action == "drop":
        return
    read = columns_read(action.references, catalog)
    for table in action.tables:
        columns = [column for name, column in read if column and name == table]
        needs = [Need("relation", table, column) for column in columns]
        published = Dependent(kind="publication", name=action.name, table=table, needs=needs)
        _put(published, catalog)
        if action.of_changes:
            _publish(table, catalog)


def _publish(name: str | None, catalog: Catalog) -> None:
    """Notes whether a table is still, or now, in a publication."""
    table = catalog.table(name) if name is not None else None
    if table is not None:
        table.published = any(
            each.kind == "publication" and each.table == name for each in catalog.dependents
        )


def _change_replica_identity(action: a.ChangeReplicaIdentity, catalog: Catalog) -> None:
    table = catalog.table(action.table)
    if table is not None:
        table.replica_identity, table.replica_index = action.identity, action.index


def _columns(action: a.ChangeIdentity | a.ChangeGeneration, catalog: Catalog) -> Iterator[Column]:
    """The column, and those that inherit from it."""
    table = catalog.table(action.table)
    for each in (table, *catalog.children(action.table)):
        if each is not None and action.column in each.columns:
            yield each.columns[action.column]


def _change_identity(action: a.ChangeIdentity, catalog: Catalog) -> None:
    owner = (action.table, action.column)
    for column in _columns(action, catalog):
        column.identity = action.change != "drop"
    if action.change == "drop":
        for name, sequence in list(catalog.sequences.items()):
            if sequence.identity and sequence.owner == owner:
                del catalog.sequences[name]
    elif action.change == "add":
        table = catalog.table(action.table)
        column = table.columns.get(action.column) if table else None
        name = sequence_name(action.table, action.column)
        kind = column.type if column else "bigint"
        catalog.sequences[name] = Sequence(type=kind, owner=owner, identity=True)


def _change_generation(action: a.ChangeGeneration, catalog: Catalog) -> None:
    if action.change == "drop":
        for column in _columns(action, catalog):
            column.generated = False
        remove("generated column", action.column, action.table, catalog)


def _alter_type(action: a.AlterColumnType, catalog: Catalog) -> None:
    for sequence in catalog.sequences.values():
        # An identity's sequence follows; that of a serial column does not.
        if sequence.identity and sequence.owner == (action.table, action.column):
            sequence.type = action.type


STEPS: dict[type[a.Action], Step] = {
    a.AddConstraint: _add_constraint,
    a.DropConstraint: _drop_constraint,
    a.CreateIndex: _create_index,
    a.CreateTable: _create_table,
    a.AddColumn: _add_column,
    a.DropColumn: drop_column,
    a.RenameColumn: rename_column,
    a.RenameTable: rename_table,
    a.SetSchema: rename_table,
    a.AlterColumnType: _alter_type,
    a.SetDefault: _set_default,
    a.ChangeIdentity: _change_identity,
    a.ChangeGeneration: _change_generation,
    a.RenameObject: rename_object,
    a.Drop: drop,
    a.CreateObject: _create_object,
    a.CreateTrigger: _create_trigger,
    a.ChangePolicy: _change_policy,
    a.ChangeSequence: _change_sequence,
    a.ChangePublication: _change_publication,
    a.ChangeReplicaIdentity: _change_replica_identity,
}
