"""Constraints that are written with a new column."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.column_names import column_names, is_added
from migrator.lint.rules.constraint_names import constraint_names
from migrator.lint.rules.foreign_keys import form_for
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a


def _inline_unique(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    keys = {c.kind: c for c in action.column.constraints if c.kind in ("unique", "primary key")}
    if keys and is_added(action, scene):
        key = keys.get("primary key") or keys["unique"]
        what = key.kind.upper()
        yield Hit(
            severity="unsafe",
            message=(
                f"{what} on the new column {action.table}.{action.column.name} builds its index "
                "while ACCESS EXCLUSIVE stops every query on the table"
            ),
            names=_names(action, key, scene),
        )


def _names(action: a.AddColumn, constraint: a.NewConstraint, scene: Scene) -> dict[str, str]:
    return column_names(action, scene) | constraint_names(action.table, constraint, scene)


def _inline_reference(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    for key in action.column.constraints:
        if key.kind == "foreign key" and is_added(action, scene):
            yield Hit(
                severity="unsafe",
                message=(
                    f"REFERENCES on the new column takes ACCESS EXCLUSIVE on {action.table} and "
                    f"SHARE ROW EXCLUSIVE on {key.references}, both until the transaction ends"
                ),
                names=_names(action, key, scene),
                safe_form=form_for(action.table, scene, before=_ADD_COLUMN),
            )


def _inline_check(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    for check in action.column.constraints:
        if check.kind == "check" and check.enforced and is_added(action, scene):
            yield Hit(
                severity="unsafe",
                message=(
                    f"CHECK on the new column {action.table}.{action.column.name} reads every row "
                    "under ACCESS EXCLUSIVE, although all of them hold the same value"
                ),
                names=_names(action, check, scene),
            )


_ADD_COLUMN = "ALTER TABLE {table} ADD COLUMN {column} {type}{kept};\n"

ADDED_COLUMN_CONSTRAINT_RULES = (
    Rule(
        id="add-column-unique",
        title="New column with UNIQUE or PRIMARY KEY",
        kind="lock",
        on=(a.AddColumn,),
        check=_inline_unique,
        lock="ACCESS EXCLUSIVE while an index is built",
        why="The index is built over the whole table inside the statement that locks it.",
        safe_form=(
            _ADD_COLUMN + "-- outside a transaction:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY {constraint} ON {table} {key};\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  {kind} USING INDEX {constraint}{deferral};"
        ),
    ),
    Rule(
        id="add-column-references",
        title="New column with REFERENCES",
        kind="lock",
        on=(a.AddColumn,),
        check=_inline_reference,
        lock="ACCESS EXCLUSIVE; SHARE ROW EXCLUSIVE on the referenced table",
        why="Writes to the referenced table wait as well, and two tables are locked at once.",
        safe_form=(
            _ADD_COLUMN + "-- each in a transaction of its own:\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  {definition} NOT VALID;\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
    ),
    Rule(
        id="add-column-check",
        title="New column with CHECK",
        kind="scan",
        on=(a.AddColumn,),
        check=_inline_check,
        lock="ACCESS EXCLUSIVE during a scan",
        why=(
            "A CHECK written with the column is tested on every row, even though no row has a "
            "value of its own yet."
        ),
        safe_form=(
            _ADD_COLUMN + "ALTER TABLE {table} ADD CONSTRAINT {constraint}\n"
            "  {definition} NOT VALID;\n"
            "-- in another transaction:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
    ),
)
