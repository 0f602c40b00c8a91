"""Columns, tables and views that PostgreSQL does not drop, as something else depends on them."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.dependents import dropped_relations
from migrator.postgres.statements import actions as a
from migrator.snapshot import Table


def _of_column(action: a.DropColumn, scene: Scene) -> Iterator[Hit]:
    if action.cascade:
        return
    for name in (action.table, *(child.name for child in scene.catalog.children(action.table))):
        for view in _views(name, action.column, scene):
            yield _needed_by_view(view, f"{name}.{action.column}")
    for table, key in scene.catalog.referencing(action.table):
        if action.column in key.referenced_columns:
            yield _needed_by_key(table.name, key.name, f"{action.table}.{action.column}")


def _of_relations(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.cascade or action.kind not in ("table", "view", "materialized view"):
        return
    dropped = dropped_relations(action, scene.catalog)
    for name in dropped:
        for view in _views(name, None, scene):
            if view.name not in dropped:
                yield _needed_by_view(view, name)
        for table, key in scene.catalog.referencing(name):
            if table.name not in dropped:
                yield _needed_by_key(table.name, key.name, name)
        for child in scene.catalog.children(name):
            if child.parent == name and child.name not in dropped:
                yield _inherited_by(child)


def _views(relation: str, column: str | None, scene: Scene) -> Iterator[Table]:
    """Those of the catalog: what a view of the history reads is not known column by column."""
    for name in scene.catalog.views_reading(relation, column):
        view = scene.table(name)
        if view is not None and view.complete:
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
        title="Dropped column that a view reads or a foreign key references",
        kind="compat",
        on=(a.DropColumn,),
        check=_of_column,
        lock=_LOCK,
        why=_WHY,
        safe_form=_KEY_FIRST,
    ),
    Rule(
        id="drop-refused",
        title="Dropped table or view that a view, a foreign key or another table needs",
        kind="compat",
        on=(a.Drop,),
        check=_of_relations,
        lock=_LOCK,
        why=_WHY,
        safe_form=_KEY_FIRST,
    ),
)
