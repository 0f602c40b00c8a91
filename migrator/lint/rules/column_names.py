"""What the safe forms of new columns are filled with."""

from migrator.lint.scene import Scene
from migrator.postgres.claims.columns import rewrite_reason
from migrator.postgres.claims.draft import Draft
from migrator.postgres.identifiers import quoted
from migrator.postgres.replay import is_there
from migrator.postgres.statements import actions as a
from migrator.postgres.statements.as_written import column_default


def column_names(action: a.AddColumn, scene: Scene) -> dict[str, str]:
    """Placeholders for the new column of the statement at hand.

    collation: its COLLATE. default: its DEFAULT's expression. kept: after its type, what can
    stay in ADD COLUMN where its constraints cannot.
    """
    column = action.column
    default = column_default(scene.step.statement, column) or "<default>"
    collation = f" COLLATE {quoted(column.collation)}" if column.collation else ""
    kept = collation
    if column.default is not None and new_rewrite_reason(action, scene)[0] is None:
        kept += f" DEFAULT {default}" + (" NOT NULL" if column.not_null else "")
    return {
        "table": action.table,
        "column": column.name,
        "type": column.type,
        "collation": collation,
        "default": default,
        "kept": kept,
    }


def is_added(action: a.AddColumn, scene: Scene) -> bool:
    """Whether the column is new, in a table that others use."""
    return not scene.is_new(action.table) and not is_there(action, scene.catalog)


def new_rewrite_reason(action: a.AddColumn, scene: Scene) -> tuple[str | None, bool]:
    """As `rewrite_reason`, where the statement runs."""
    return rewrite_reason(action.column, Draft(catalog=scene.catalog, version=scene.version))
