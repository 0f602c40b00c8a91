"""Carries a catalog forward through statements, as running them would.

What a history says of its own tables is then known without a database.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from migrator.postgres.default_names import name_of
from migrator.postgres.dependents import (
    drop_dependents,
    drop_references,
    follow_column,
    follow_relation,
    renamed,
)
from migrator.postgres.redundant_keys import made_once
from migrator.postgres.replay_departures import rename_index
from migrator.postgres.replay_objects import replay_objects
from migrator.postgres.resolution import columns_read
from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog, Column, Constraint, Domain, Index, Table
from migrator.snapshot.programs import Trigger

Step = Callable[[Any, Catalog], None]


def replay(action: a.Action, catalog: Catalog) -> None:
    """Applies one action. What cannot be known stays as it was."""
    step = STEPS.get(type(action))
    if step is not None:
        step(action, catalog)
    replay_objects(action, catalog)


def known_or_new(catalog: Catalog, name: str) -> Table:
    """The table, added as incompletely known if it was not seen before."""
    return catalog.tables.setdefault(name, Table(name=name, complete=False))


def is_there(action: a.AddColumn, catalog: Catalog) -> bool:
    """Whether ADD COLUMN IF NOT EXISTS finds the column, and so does nothing."""
    table = catalog.table(action.table)
    return action.if_not_exists and table is not None and action.column.name in table.columns


def gets_value(new: a.NewColumn, catalog: Catalog) -> bool:
    """Whether the server has a value for the column where a row is stored without one."""
    if new.default is not None:
        return not new.default.is_null
    domain = catalog.domains.get(new.type)
    by_domain = domain is not None and domain.has_default
    return new.serial or new.identity or new.generated is not None or by_domain


def column_from(new: a.NewColumn, catalog: Catalog) -> Column:
    """A column as its definition makes it."""
    return Column(
        name=new.name,
        type=new.type,
        not_null=new.not_null or new.identity,
        default="?" if new.default is not None or new.serial else None,
        identity=new.identity,
        generated=new.generated is not None,
        added_without_value=not (new.not_null or gets_value(new, catalog)),
    )


def add_constraint(table: Table, new: a.NewConstraint) -> None:
    """Records a constraint under the name PostgreSQL would choose."""
    name, columns = name_of(table.name, new), new.columns
    if new.using_index is not None and new.using_index in table.indexes:
        index = table.indexes.pop(new.using_index)
        name, columns = new.name or index.name, index.columns
    table.constraints[name] = Constraint(
        name=name,
        kind=new.kind,
        columns=columns,
        validated=not new.not_valid and new.enforced,
        references=new.references,
        referenced_columns=new.referenced_columns,
        requires_not_null=new.not_null_column,
        not_null_columns=new.not_null_columns,
        deferrable=new.deferrable,
        deferred=new.deferred,
        on_update=new.on_update,
        on_delete=new.on_delete,
    )
    if new.kind in ("unique", "primary key"):
        table.indexes[name] = Index(name=name, columns=columns, unique=True)
    if new.kind == "primary key" or (new.kind == "not null" and not new.not_valid):
        for column in columns:
            if column in table.columns:
                table.columns[column].not_null = True


def _create_table(action: a.CreateTable, catalog: Catalog) -> None:
    if action.temporary or action.table in catalog.tables:
        return
    table = Table(
        name=action.table,
        kind="partitioned" if action.partitioned else "table",
        complete=not (action.like or action.inherits or action.from_query),
        is_default_partition=action.is_default_partition,
        partition_key=action.partition_key,
        perhaps_another=action.if_not_exists and not catalog.complete,
    )
    catalog.tables[action.table] = table
    catalog.add_child(table, action.partition_of or next(iter(action.inherits), None))
    for column in action.columns:
        table.columns[column.name] = column_from(column, catalog)
        # A new table has no rows that could hold NULL.
        table.columns[column.name].added_without_value = False
    parent = catalog.table(action.partition_of) if action.partition_of else None
    if parent is not None:
        table.columns |= {c.name: c for c in parent.columns.values()}
    inline = [c for column in action.columns for c in column.constraints]
    for constraint in made_once([*inline, *action.constraints]):
        add_constraint(table, constraint)


def _add_column(action: a.AddColumn, catalog: Catalog) -> None:
    # Of a table that is not wholly known, it may have a column of that name and another type.
    is_unsure = action.if_not_exists and not known_or_new(catalog, action.table).complete
    if is_unsure or is_there(action, catalog):
        return
    for table in _family(catalog, action.table):
        table.columns[action.column.name] = column_from(action.column, catalog)
    for constraint in action.column.constraints:
        add_constraint(known_or_new(catalog, action.table), constraint)


def _family(catalog: Catalog, name: str) -> Iterable[Table]:
    yield known_or_new(catalog, name)
    yield from list(catalog.children(name))


def _drop_column(action: a.DropColumn, catalog: Catalog) -> None:
    for table in _family(catalog, action.table):
        if action.cascade:
            drop_dependents(table.name, action.column, catalog)
        table.columns.pop(action.column, None)
        for name, constraint in list(table.constraints.items()):
            if action.column in constraint.columns:
                del table.constraints[name]
        for name, index in list(table.indexes.items()):
            if action.column in (*index.columns, *index.uses):
                del table.indexes[name]


def _rename_column(action: a.RenameColumn, catalog: Catalog) -> None:
    old, new = action.column, action.new_name
    for table in _family(catalog, action.table):
        if old in table.columns:
            table.columns[old].name = new
            # Each keeps its place.
            table.columns = {column.name: column for column in table.columns.values()}
        table.partition_key = renamed(table.partition_key, old, new)
        for constraint in table.constraints.values():
            constraint.columns = renamed(constraint.columns, old, new)
            constraint.not_null_columns = renamed(constraint.not_null_columns, old, new)
            if constraint.requires_not_null == old:
                constraint.requires_not_null = new
        for index in table.indexes.values():
            index.columns = renamed(index.columns, old, new)
            index.uses = renamed(index.uses, old, new)
        follow_column(table.name, old, new, catalog)


def _rename_table(action: a.RenameTable | a.SetSchema, catalog: Catalog) -> None:
    table = catalog.tables.pop(action.table, None)
    if table is None:
        return
    table.name = action.new_name
    catalog.tables[action.new_name] = table
    for other in catalog.tables.values():
        if other.parent == action.table:
            catalog.add_child(other, action.new_name)
    follow_relation(action.table, action.new_name, catalog)


def _alter_type(action: a.AlterColumnType, catalog: Catalog) -> None:
    for table in _family(catalog, action.table):
        column = table.columns.get(action.column)
        if column is None:
            table.columns[action.column] = Column(name=action.column, type=action.type)
        else:
            column.type = action.type


def _set_not_null(action: a.SetNotNull | a.DropNotNull, catalog: Catalog) -> None:
    for table in _family(catalog, action.table):
        column = table.columns.get(action.column)
        if column is not None:
            column.not_null = isinstance(action, a.SetNotNull)


def _set_default(action: a.SetDefault, catalog: Catalog) -> None:
    for table in _family(catalog, action.table):
        column = table.columns.get(action.column)
        if column is not None:
            column.default = None if action.default is None else "?"


def _add_constraint(action: a.AddConstraint, catalog: Catalog) -> None:
    new = action.constraint
    add_constraint(known_or_new(catalog, action.table), new)
    if new.kind not in ("check", "not null") or new.no_inherit or action.only:
        return
    named = replace(new, name=name_of(action.table, new))
    for child in catalog.children(action.table):
        # One of that name is merged with the parent's, and stays as valid as it is.
        if named.name not in child.constraints:
            add_constraint(child, named)


def _validate(action: a.ValidateConstraint, catalog: Catalog) -> None:
    for table in _with_inherited(action.constraint, action.table, catalog):
        constraint = table.constraints[action.constraint]
        constraint.validated = True
        if constraint.kind == "not null" and constraint.columns[0] in table.columns:
            table.columns[constraint.columns[0]].not_null = True


def _with_inherited(constraint: str, name: str, catalog: Catalog) -> list[Table]:
    """The tables of a family that have a constraint, if its parent has it."""
    table = catalog.table(name)
    known = table.constraints.get(constraint) if table else None
    if table is None or known is None:
        return []
    if known.kind not in ("check", "not null"):
        return [table]
    return [table, *(t for t in catalog.children(name) if constraint in t.constraints)]


def _drop_constraint(action: a.DropConstraint, catalog: Catalog) -> None:
    for table in _with_inherited(action.constraint, action.table, catalog):
        dropped = table.constraints.pop(action.constraint)
        if action.cascade and dropped.kind in ("unique", "primary key"):
            drop_references(table.name, dropped.columns, catalog)
    table = catalog.table(action.table)
    if table is not None:
        table.indexes.pop(action.constraint, None)


def _rename_constraint(action: a.RenameConstraint, catalog: Catalog) -> None:
    table = catalog.table(action.table)
    if table is not None:
        rename_index(table, action.constraint, action.new_name)


def _create_index(action: a.CreateIndex, catalog: Catalog) -> None:
    name = action.index or "_".join((action.table, *action.columns, "idx"))
    known_or_new(catalog, action.table).indexes[name] = Index(
        name=name,
        columns=action.columns if len(action.columns) == action.width else (),
        uses=action.uses,
        unique=action.unique,
        partial=action.partial,
        reordered=action.reordered,
    )


def _drop(action: a.Drop, catalog: Catalog) -> None:
    for name in action.names:
        if action.kind == "index":
            table = catalog.table_of_index(name)
            if table is not None:
                del table.indexes[name]
        elif action.kind in ("table", "view", "materialized view", "sequence"):
            catalog.tables.pop(name, None)
            if action.cascade:
                drop_dependents(name, None, catalog)
        elif action.kind == "trigger":
            table = catalog.table(action.tables[0])
            if table is not None:
                table.triggers.pop(name, None)


def _create_object(action: a.CreateObject, catalog: Catalog) -> None:
    if action.kind in ("view", "materialized view"):
        kind = "view" if action.kind == "view" else "materialized view"
        view = Table(name=action.name, kind=kind, complete=False)
        view.reads = columns_read(action.references, catalog)
        if "*" not in action.columns:
            view.columns = {name: Column(name=name, type="") for name in action.columns}
        catalog.tables[action.name] = view
    elif action.kind == "domain":
        catalog.domains[action.name] = _domain_from(action, catalog)
    elif action.kind == "function":
        names = catalog.volatile_functions if action.volatile else catalog.stable_functions
        names.append(action.name.rpartition(".")[2])


def _domain_from(action: a.CreateObject, catalog: Catalog) -> Domain:
    domain = Domain(base=action.base, constrained=action.constrained)
    inherited = catalog.domains.get(action.base or "")
    if action.default is not None:
        _take_default(domain, action.default)
    elif inherited is not None:
        domain.has_default = inherited.has_default
        domain.default_functions = inherited.default_functions
    return domain


def _take_default(domain: Domain, default: a.Expression | None) -> None:
    domain.has_default = default is not None and not default.is_null
    domain.default_functions = default.functions if default is not None else ()


def _change_domain(action: a.ChangeDomain, catalog: Catalog) -> None:
    domain = catalog.domains.setdefault(action.domain, Domain())
    if action.adds_constraint:
        domain.constrained = True
    if action.sets_default:
        _take_default(domain, action.default)


def _attach(action: a.AttachPartition, catalog: Catalog) -> None:
    known_or_new(catalog, action.table).kind = "partitioned"
    part = known_or_new(catalog, action.partition)
    part.is_default_partition = action.is_default
    catalog.add_child(part, action.table)


def _detach(action: a.DetachPartition, catalog: Catalog) -> None:
    part = known_or_new(catalog, action.partition)
    part.is_default_partition = False
    catalog.add_child(part, None)


def _create_trigger(action: a.CreateTrigger, catalog: Catalog) -> None:
    known_or_new(catalog, action.table).triggers[action.trigger] = Trigger(
        name=action.trigger,
        function=action.function,
        events=action.events,
        columns=action.columns,
        deferrable=action.deferrable,
        deferred=action.deferred,
    )


def _doubt(_action: a.Opaque, catalog: Catalog) -> None:
    catalog.doubtful = True


STEPS: dict[type[a.Action], Step] = {
    a.Opaque: _doubt,
    a.CreateTable: _create_table,
    a.AddColumn: _add_column,
    a.DropColumn: _drop_column,
    a.RenameColumn: _rename_column,
    a.RenameTable: _rename_table,
    a.SetSchema: _rename_table,
    a.AlterColumnType: _alter_type,
    a.SetNotNull: _set_not_null,
    a.DropNotNull: _set_not_null,
    a.SetDefault: _set_default,
    a.AddConstraint: _add_constraint,
    a.ValidateConstraint: _validate,
    a.DropConstraint: _drop_constraint,
    a.RenameConstraint: _rename_constraint,
    a.CreateIndex: _create_index,
    a.Drop: _drop,
    a.CreateObject: _create_object,
    a.ChangeDomain: _change_domain,
    a.AttachPartition: _attach,
    a.DetachPartition: _detach,
    a.CreateTrigger: _create_trigger,
}
