"""Names of what is not there, or is something else."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a
from migrator.snapshot import Table

OfColumn = (
    a.DropColumn
    | a.RenameColumn
    | a.AlterColumnType
    | a.SetNotNull
    | a.DropNotNull
    | a.SetDefault
    | a.ChangeIdentity
    | a.ChangeGeneration
)
Named = OfColumn | a.AddConstraint | a.CreateIndex | a.ChangeRows
SYSTEM_COLUMNS = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"}
TABLES = ("table", "partitioned")


def _column(action: Named, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    if (
        table is None
        or not table.is_certain
        or table.kind not in TABLES
        or _is_unsure(action, scene)
    ):
        return
    added = {
        each.column.name
        for each in scene.step.statement.actions
        if isinstance(each, a.AddColumn) and each.table == action.table
    }
    missing = [
        name
        for name in _columns(action)
        if name not in table.columns and name not in added | SYSTEM_COLUMNS
    ]
    for name in dict.fromkeys(missing):
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {table.name} has no column {name}",
            names={"columns": ", ".join(table.columns)},
        )


def _is_unsure(action: Named, scene: Scene) -> bool:
    """Whether another table of that name, or what nobody can judge, may have the column."""
    return scene.catalog.doubtful or any(
        isinstance(earlier, a.CreateTable) and earlier.temporary and earlier.table == action.table
        for earlier in scene.earlier()
    )


def _columns(action: Named) -> tuple[str, ...]:
    match action:
        case a.DropColumn(column=name, column_if_exists=if_exists):
            return () if if_exists else (name,)
        case a.AddConstraint(constraint=constraint):
            check = constraint.expression
            return constraint.columns or (check.columns if check is not None else ())
        case a.CreateIndex(columns=columns, uses=uses):
            return uses or columns
        case a.ChangeRows(columns=columns):
            return columns
        case _:
            return (action.column,)


def _kind(
    action: a.AddColumn | a.DropColumn | a.AddConstraint | a.CreateIndex, scene: Scene
) -> Iterator[Hit]:
    table = scene.table(action.table)
    if table is not None and _is_no_table(action, table) and not scene.catalog.doubtful:
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {table.name} is a {table.kind}",
            names={"table": table.name},
        )


def _is_no_table(action: a.Action, table: Table) -> bool:
    return table.kind == "view" or (
        table.kind == "materialized view" and not isinstance(action, a.CreateIndex)
    )


MISSING_NAME_RULES = (
    Rule(
        id="no-such-column",
        title="Column that the table does not have",
        kind="compat",
        on=(
            *(a.DropColumn, a.RenameColumn, a.AlterColumnType, a.SetNotNull, a.DropNotNull),
            *(a.SetDefault, a.ChangeIdentity, a.ChangeGeneration),
            *(a.AddConstraint, a.CreateIndex, a.ChangeRows),
        ),
        check=_column,
        lock="none: the statement fails",
        why="It is another name, or another revision has to run before.",
        safe_form="-- one of: {columns}",
    ),
    Rule(
        id="not-a-table",
        title="View that is changed like a table",
        kind="compat",
        on=(a.AddColumn, a.DropColumn, a.AddConstraint, a.CreateIndex),
        check=_kind,
        lock="none: the statement fails",
        why="A view has the columns of its query, and stores nothing.",
        safe_form="CREATE OR REPLACE VIEW {table} AS SELECT …;",
    ),
)
