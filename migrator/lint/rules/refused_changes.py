"""Columns that PostgreSQL does not change, as something else depends on them."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.dependent_hits import inherited, needed_by, partition_key
from migrator.lint.scene import Scene
from migrator.postgres.standing_on import on_column, row_type_users
from migrator.postgres.statements import actions as a
from migrator.snapshot import Table


def _of_type(action: a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    yield from inherited(action, "change", scene)
    yield from partition_key(action, scene)
    for dependent in on_column(action.table, action.column, scene.catalog):
        yield needed_by(dependent, f"the type of {action.table}.{action.column}", scene)


def _of_row_type(
    action: a.AlterColumnType | a.AddColumn | a.ChangeComposite, scene: Scene
) -> Iterator[Hit]:
    match action:
        case a.ChangeComposite(name=name, retypes=True):
            is_its = f"is {name}"
        case a.AlterColumnType(table=name) | a.AddColumn(table=name) if _fills_rows(action):
            is_its = f"is the row of {name}"
        case _:
            return
    for user in row_type_users(name, scene.catalog):
        table, _, column = user.rpartition(".")
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: the type of {user} {is_its}",
            names={"table": table, "column": column},
        )


def _fills_rows(action: a.AlterColumnType | a.AddColumn) -> bool:
    """Whether the rows that are there would have to hold something else."""
    if isinstance(action, a.AlterColumnType):
        return True
    column = action.column
    return bool(column.default or column.serial or column.identity or column.generated)


def _rename(action: a.RenameColumn, scene: Scene) -> Iterator[Hit]:
    yield from inherited(action, "rename", scene)


def _drop_not_null(action: a.DropNotNull, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    column = scene.column(action.table, action.column)
    key = table.primary_key if table is not None else None
    if key is not None and action.column in key.columns:
        reason, order = f"belongs to the primary key {key.name}", _KEY_FIRST
    elif column is not None and column.identity:
        reason, order = "is an identity column", _IDENTITY_FIRST
    elif table is not None and action.column in _replica_key(table):
        reason, order = f"belongs to the replica identity {table.replica_index}", _REPLICA_FIRST
    else:
        return
    yield Hit(
        severity="unsafe",
        message=f"PostgreSQL refuses this: {action.table}.{action.column} {reason}",
        names={
            "table": action.table,
            "column": action.column,
            "constraint": key.name if key is not None else "",
        },
        safe_form=order,
    )


def _replica_key(table: Table) -> tuple[str, ...]:
    index = table.indexes.get(table.replica_index or "")
    return index.columns if index is not None else ()


def _write_generated(action: a.ChangeRows, scene: Scene) -> Iterator[Hit]:
    for name in action.columns:
        column = scene.column(action.table, name)
        if column is not None and column.generated and name not in action.defaulted:
            yield Hit(
                severity="unsafe",
                message=f"PostgreSQL refuses this: {action.table}.{name} is a generated column",
                names={"table": action.table, "column": name},
            )


_LOCK = "none: the statement fails"
_KEY_FIRST = (
    "-- first, once another key stands in for it:\n"
    "ALTER TABLE {table} DROP CONSTRAINT {constraint};"
)
_IDENTITY_FIRST = (
    "-- first, once nothing relies on it:\nALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY;"
)
_REPLICA_FIRST = (
    "-- first, so that another index or all columns tell a changed row:\n"
    "ALTER TABLE {table} REPLICA IDENTITY …;"
)

REFUSED_CHANGE_RULES = (
    Rule(
        id="alter-type-refused",
        title="Type change of a column that something else needs",
        kind="compat",
        on=(a.AlterColumnType,),
        check=_of_type,
        lock=_LOCK,
        why=(
            "PostgreSQL makes indexes, constraints and statistics anew for the new type; rules, "
            "policies, triggers, generated columns, publications and functions' parsed bodies it "
            "does not, not even for the same type."
        ),
        safe_form=(
            "-- drop what needs it, change the type, make it anew; in one transaction\n"
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type};"
        ),
    ),
    Rule(
        id="row-type-refused",
        title="Change of a table or composite type that is the type of a column",
        kind="compat",
        on=(a.AlterColumnType, a.AddColumn, a.ChangeComposite),
        check=_of_row_type,
        lock=_LOCK,
        why="The rows inside of that column would not be changed.",
        safe_form=("-- first, once nothing uses it:\nALTER TABLE {table} DROP COLUMN {column};"),
    ),
    Rule(
        id="drop-not-null-refused",
        title="DROP NOT NULL of a column of a key or identity",
        kind="compat",
        on=(a.DropNotNull,),
        check=_drop_not_null,
        lock=_LOCK,
        why="None of them holds NULL.",
        safe_form=_KEY_FIRST,
    ),
    Rule(
        id="write-generated-refused",
        title="Value for a generated column",
        kind="compat",
        on=(a.ChangeRows,),
        check=_write_generated,
        lock=_LOCK,
        why="It has what its expression gives, and takes nothing but DEFAULT.",
        safe_form="UPDATE {table} SET … = …;  -- what {column} is made of",
    ),
    Rule(
        id="rename-refused",
        title="Renamed column of a partition or an inheriting table",
        kind="compat",
        on=(a.RenameColumn,),
        check=_rename,
        lock=_LOCK,
        why="The parent's column and that of its parts have one name.",
        safe_form="ALTER TABLE {table} RENAME COLUMN {column} TO {new_name};",
    ),
)
