"""Names that are taken."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.dependents import owner_of_namesake
from migrator.postgres.statements import actions as a
from migrator.snapshot import Index, Table

AnyName = a.CreateIndex | a.CreateTable | a.AddColumn | a.AddConstraint


def _taken(action: AnyName, scene: Scene) -> Iterator[Hit]:
    if scene.catalog.doubtful:
        return
    what = _what_has_it(action, scene)
    if what is not None:
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {what} is there already",
            names={"table": action.table},
        )


def _what_has_it(action: AnyName, scene: Scene) -> str | None:
    table = scene.table(action.table)
    match action:
        case a.CreateIndex(index=str(name), if_not_exists=False):
            owner = owner_of_namesake(action, scene.catalog)
            return f"the index {name} of {owner.name}" if owner is not None else None
        case a.CreateTable(if_not_exists=False, temporary=False) if table is not None:
            return f"the {table.kind} {table.name}" if table.complete else None
        case a.AddColumn(column=column, if_not_exists=False) if table is not None:
            # What an existing_type= tells may be of the column that is added here.
            told = (action.table, column.name) in scene.script.known_types
            return (
                f"{table.name}.{column.name}" if column.name in table.columns and not told else None
            )
        case a.AddConstraint(constraint=constraint) if table is not None:
            found = table.constraints.get(constraint.name or "")
            return f"the constraint {found.name} of {table.name}" if found is not None else None
        case _:
            return None


def _kept(action: a.CreateIndex, scene: Scene) -> Iterator[Hit]:
    if not action.if_not_exists or action.index is None or scene.catalog.doubtful:
        return
    owner = owner_of_namesake(action, scene.catalog)
    if owner is not None and not _is_alike(owner.indexes[action.index], owner, action):
        yield Hit(
            severity="caution",
            message=(
                f"IF NOT EXISTS keeps the index {action.index} that {owner.name} has, which is "
                "another than this"
            ),
            names={"table": action.table},
        )


def _is_alike(index: Index, owner: Table, action: a.CreateIndex) -> bool:
    columns = action.columns if len(action.columns) == action.width else ()
    # How many of the columns are INCLUDEd is not known of either.
    same_columns = index.columns == columns or not index.columns or not columns
    return (
        owner.name == action.table
        and same_columns
        and (index.unique, index.partial) == (action.unique, action.partial)
    )


REFUSED_NAME_RULES = (
    Rule(
        id="name-taken",
        title="Table, column, constraint or index that is there already",
        kind="compat",
        on=(a.CreateIndex, a.CreateTable, a.AddColumn, a.AddConstraint),
        check=_taken,
        lock="none: the statement fails",
        why="Names are of one table, those of indexes and tables of one schema.",
        safe_form="-- under another name, or drop what has it, once nothing uses that",
    ),
    Rule(
        id="other-index-kept",
        title="CREATE INDEX IF NOT EXISTS of a name that another index has",
        kind="compat",
        on=(a.CreateIndex,),
        check=_kept,
        lock="none: nothing is done",
        why="PostgreSQL compares the names alone, and says it in a notice.",
        safe_form="-- under a name of its own; then drop the old one CONCURRENTLY",
    ),
)
