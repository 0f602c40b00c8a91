"""Columns, tables and other objects that are renamed under the application."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a
from migrator.snapshot import Table


def _rename_column(action: a.RenameColumn, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table) or _view_keeps_column(action, scene):
        return
    yield Hit(
        severity="unsafe",
        message=(
            f"the running application's queries that name {action.table}.{action.column} fail the "
            "moment this commits"
        ),
        names={"table": action.table, "column": action.column, "new_name": action.new_name},
    )


def _names_of_table(table: str, scene: Scene) -> set[str]:
    """The names that the table had before in this transaction, and will get."""
    names = {table}
    for other in scene.whole_transaction():
        is_rename = isinstance(other, a.RenameTable | a.SetSchema)
        if is_rename and (other.table in names or other.new_name in names):
            names |= {other.table, other.new_name}
    return names


def _views_made(scene: Scene) -> Iterator[a.CreateObject]:
    for other in scene.whole_transaction():
        if isinstance(other, a.CreateObject) and other.kind == "view":
            yield other


def _stands_in(view: a.CreateObject, table: Table | None) -> bool:
    """Whether the running application can read and write the view as it does the table."""
    columns = set(table.columns) if table and "*" not in view.columns else set()
    return view.updatable and columns <= set(view.columns)


def _view_keeps_column(action: a.RenameColumn, scene: Scene) -> bool:
    names = _names_of_table(action.table, scene)
    return any(
        view.name in names
        and view.name not in view.reads
        and action.column in view.columns
        and _stands_in(view, scene.table(action.table))
        for view in _views_made(scene)
    )


def _rename_table(action: a.RenameTable | a.SetSchema, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table):
        return
    if any(
        view.name == action.table
        and _names_of_table(action.table, scene) & set(view.reads)
        and _stands_in(view, scene.table(action.table))
        for view in _views_made(scene)
    ):
        return
    renames = [r for r in scene.whole_transaction() if isinstance(r, a.RenameTable | a.SetSchema)]
    if any(other.table == action.new_name for other in renames):
        return  # it takes the place of that table, for which there is a finding
    successor = next((r.table for r in renames if r.new_name == action.table), None)
    if successor is not None:
        yield Hit(
            severity="caution",
            message=(
                f"{successor} takes the place of {action.table}: the running application needs "
                "the same columns in it, and the rows that it has written meanwhile"
            ),
            names={"table": action.table, "new": action.new_name},
        )
        return
    yield Hit(
        severity="unsafe",
        message=(
            f"the running application's queries on {action.table} fail the moment this commits; "
            "no view that can be written keeps the old name and columns in the same transaction"
        ),
        names={"table": action.table, "new": action.new_name},
        safe_form=_MOVED if isinstance(action, a.SetSchema) else None,
    )


def _rename_object(action: a.RenameObject, scene: Scene) -> Iterator[Hit]:
    if action.kind in ("index", "trigger", "policy", "rule", "statistics"):
        return
    if scene.is_new_object(action.kind, action.name):
        return
    yield Hit(
        severity="unsafe",
        message=f"whatever names the {action.kind} {action.name} fails the moment this commits",
        names={"table": action.name, "new": action.new_name},
    )


_MOVED = (
    "BEGIN;\n"
    "ALTER TABLE {table} SET SCHEMA {new:schema};\n"
    "CREATE VIEW {table} AS SELECT * FROM {new};\n"
    "COMMIT;"
)

RENAME_RULES = (
    Rule(
        id="rename-column",
        title="Renamed column",
        kind="compat",
        on=(a.RenameColumn,),
        check=_rename_column,
        lock="ACCESS EXCLUSIVE, brief",
        why="Old and new code need different names at the same time.",
        safe_form=(
            "-- in one transaction: the table moves behind a view that shows both names\n"
            "ALTER TABLE {table} RENAME TO {table:bare}_data;\n"
            "ALTER TABLE {table}_data RENAME COLUMN {column} TO {new_name};\n"
            "CREATE VIEW {table} AS SELECT *, {new_name} AS {column} FROM {table}_data;\n"
            "-- or: add {new_name}, keep both in step with a trigger, backfill, drop {column} later"
        ),
    ),
    Rule(
        id="rename-table",
        title="Renamed or moved table",
        kind="compat",
        on=(a.RenameTable, a.SetSchema),
        check=_rename_table,
        lock="ACCESS EXCLUSIVE, brief",
        why="Every query of the running application names the table.",
        safe_form=(
            "BEGIN;\n"
            "ALTER TABLE {table} RENAME TO {new:bare};\n"
            "CREATE VIEW {table} AS SELECT * FROM {new};\n"
            "COMMIT;"
        ),
    ),
    Rule(
        id="rename-object",
        title="Renamed view, sequence, type, function or schema",
        kind="compat",
        on=(a.RenameObject,),
        check=_rename_object,
        lock="ACCESS EXCLUSIVE, brief",
        why="Code, defaults and functions name it.",
        safe_form="-- create {new} beside {table}; drop {table} in a contract revision",
    ),
)
