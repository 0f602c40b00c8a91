"""Columns, tables and other objects that PostgreSQL does not drop, as something depends on them."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.dependent_hits import inherited, needed_by, partition_key
from migrator.lint.scene import Scene
from migrator.postgres.dependents import dropped_relations
from migrator.postgres.standing_on import (
    keys_needing,
    on_dropped,
    on_dropped_column,
    views_grouping_by,
)
from migrator.postgres.statements import actions as a
from migrator.snapshot import Constraint, Table


def _of_column(action: a.DropColumn, scene: Scene) -> Iterator[Hit]:
    yield from inherited(action, "drop", scene)
    yield from partition_key(action, scene)
    if action.cascade:
        return
    what = f"{action.table}.{action.column}"
    for name in (action.table, *(child.name for child in scene.catalog.children(action.table))):
        for view in _views(name, action.column, scene):
            yield _needed_by_view(view, f"{name}.{action.column}")
    for table, key in scene.catalog.referencing(action.table):
        if action.column in key.referenced_columns and not key.derived:
            yield _needed_by_key(table.name, key.name, what)
    found = on_dropped_column(action.table, action.column, scene.catalog, scene.version)
    for dependent, needed in found:
        yield needed_by(dependent, needed, scene)


def _of_objects(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.cascade:
        return
    if action.kind == "index":
        yield from _of_indexes(action, scene)
        return
    for dependent, needed in on_dropped(action, scene.catalog):
        yield needed_by(dependent, needed, scene)
    if action.kind in ("table", "view", "materialized view"):
        yield from _of_relations(action, scene)


def _of_relations(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    dropped = dropped_relations(action, scene.catalog)
    for name in dropped:
        for view in _views(name, None, scene):
            if view.name not in dropped:
                yield _needed_by_view(view, name)
        for table, key in scene.catalog.referencing(name):
            if table.name not in dropped and not key.derived:
                yield _needed_by_key(table.name, key.name, name)
        for child in scene.catalog.children(name):
            if child.parent == name and child.name not in dropped:
                yield _inherited_by(child)


def _of_indexes(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    for name in action.names:
        table = scene.catalog.table_of_index(name)
        if table is None:
            continue
        if name in table.constraints:
            yield Hit(
                severity="unsafe",
                message=f"PostgreSQL refuses this: the constraint {name} of {table.name} needs it",
                names={"table": table.name, "constraint": name},
            )
            continue
        index = table.indexes[name]
        if index.parent is not None:
            yield Hit(
                severity="unsafe",
                message=f"PostgreSQL refuses this: it is {table.name}'s part of {index.parent}",
                names={"parent": index.parent},
                safe_form=(
                    "-- with its parts, alone in its transaction, with a short lock_timeout:\n"
                    "DROP INDEX {parent};"
                ),
            )
            continue
        others = [i for i in table.indexes.values() if i.unique and i.name != name]
        if not index.unique or any({*i.columns} == {*index.columns} for i in others):
            continue
        for owner, key in keys_needing(table.name, index.columns, scene.catalog):
            yield _needed_by_key(owner, key, f"the columns of {name}")


def _of_constraint(action: a.DropConstraint, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    known = table.constraints.get(action.constraint) if table else None
    if table is not None and known is not None and _is_inherited(table, known, scene):
        yield Hit(
            severity="unsafe",
            message=(
                f"PostgreSQL refuses this: {table.name} inherits {known.name} from {table.parent}"
            ),
            names={"table": table.parent or ""},
            safe_form="-- in the parent, and so in all its parts:\n"
            "ALTER TABLE {table} DROP CONSTRAINT …;",
        )
        return
    if known is None or action.cascade or known.kind not in ("primary key", "unique"):
        return
    for owner, key in keys_needing(action.table, known.columns, scene.catalog):
        yield _needed_by_key(owner, key, f"the columns of {known.name}")
    for view in views_grouping_by(action.table, known.name, scene.catalog):
        yield needed_by(view, f"{known.name} of {action.table} for its GROUP BY", scene)


def _is_inherited(table: Table, constraint: Constraint, scene: Scene) -> bool:
    parent = scene.table(table.parent) if table.parent else None
    if parent is None or constraint.kind not in ("check", "not null"):
        return constraint.derived
    above = parent.constraints.get(constraint.name)
    return above is not None and not (above.definition or "").endswith("NO INHERIT")


def _views(relation: str, column: str | None, scene: Scene) -> Iterator[Table]:
    for name in scene.catalog.views_reading(relation, column):
        view = scene.table(name)
        if view is not None:
            yield view


def _needed_by_view(view: Table, what: str) -> Hit:
    return Hit(
        severity="unsafe",
        message=f"PostgreSQL refuses this: the {view.kind} {view.name} reads {what}",
        names={"kind": view.kind.upper(), "view": view.name},
        safe_form=(
            "-- first, with all that reads it in turn, or made anew without what is dropped:\n"
            "DROP {kind} {view};"
        ),
    )


def _needed_by_key(table: str, key: str, what: str) -> Hit:
    return Hit(
        severity="unsafe",
        message=f"PostgreSQL refuses this: {key}, a foreign key of {table}, references {what}",
        names={"table": table, "constraint": key},
    )


def _inherited_by(child: Table) -> Hit:
    return Hit(
        severity="unsafe",
        message=f"PostgreSQL refuses this: {child.name} inherits from {child.parent}",
        names={"table": child.name, "parent": child.parent or ""},
        safe_form="-- first, with the rows that stay:\nALTER TABLE {table} NO INHERIT {parent};",
    )


_LOCK = "none: the statement fails"
_WHY = "Without CASCADE, what something else depends on is not dropped."
_KEY_FIRST = (
    "-- first, in a transaction of its own:\nALTER TABLE {table} DROP CONSTRAINT {constraint};"
)

REFUSED_REMOVAL_RULES = (
    Rule(
        id="drop-column-refused",
        title="Dropped column that something else needs",
        kind="compat",
        on=(a.DropColumn,),
        check=_of_column,
        lock=_LOCK,
        why=(
            "Without CASCADE, a column stays that a view, a rule, a policy, a trigger, a generated "
            "column, a publication, a function's parsed body or another table's foreign key uses. "
            "Its own indexes, constraints and statistics go with it."
        ),
        safe_form=_KEY_FIRST,
    ),
    Rule(
        id="drop-refused",
        title="Dropped object that something else needs",
        kind="compat",
        on=(a.Drop,),
        check=_of_objects,
        lock=_LOCK,
        why=_WHY,
        safe_form=_KEY_FIRST,
    ),
    Rule(
        id="drop-constraint-refused",
        title="Dropped key that a foreign key or a view needs, or inherited constraint",
        kind="compat",
        on=(a.DropConstraint,),
        check=_of_constraint,
        lock=_LOCK,
        why=(
            "A foreign key needs the unique key that it references; a GROUP BY of a key needs it. "
            "What a partition or an inheriting table has from its parent goes with the parent's."
        ),
        safe_form=_KEY_FIRST,
    ),
)
