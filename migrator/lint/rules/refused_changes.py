"""Columns that PostgreSQL does not change, as something else depends on them."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.dependent_hits import inherited, needed_by, partition_key
from migrator.lint.scene import Scene
from migrator.postgres.standing_on import on_column, row_type_users
from migrator.postgres.statements import actions as a


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


_LOCK = "none: the statement fails"

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
