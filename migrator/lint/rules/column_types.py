"""Changes of a column's type."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.widened_keys import swap_form
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a
from migrator.postgres.type_change import conversion, rebuilt_indexes


def _names(action: a.AlterColumnType) -> dict[str, str]:
    return {"table": action.table, "column": action.column, "type": action.type}


def _rewrite(action: a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table):
        return
    change = conversion(action, scene.catalog)
    if not change.rewrite:
        return
    form, names = swap_form(action, scene) or (None, {})
    doubt = "" if change.certain else " (with a catalog this is exact: `--database-url`)"
    yield Hit(
        severity="unsafe",
        message=(
            f"{action.table}.{action.column} is written anew, with every index, under "
            f"ACCESS EXCLUSIVE: {change.reason}{doubt}"
        ),
        names=_names(action) | names,
        safe_form=form,
    )


def _index_rebuild(action: a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    if table is None or scene.is_new(action.table):
        return
    indexes = rebuilt_indexes(action, conversion(action, scene.catalog), table)
    if indexes:
        yield Hit(
            severity="unsafe",
            message=(
                f"the table keeps its file, but {', '.join(indexes)} is built again under "
                "ACCESS EXCLUSIVE"
            ),
            names=_names(action),
        )


def _dependent_check(action: a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    if table is None or scene.is_new(action.table):
        return
    rewrites = conversion(action, scene.catalog).rewrite
    for constraint in table.constraints.values():
        if constraint.kind == "check" and action.column in constraint.columns:
            yield Hit(
                severity="unsafe",
                message=(
                    f"the check {constraint.name} uses {action.column}: every row is tested again "
                    "under ACCESS EXCLUSIVE, even where the type change itself is free"
                ),
                names=_names(action) | {"constraint": constraint.name},
                safe_form=_SWAP if rewrites else None,
            )


def _dependent_view(action: a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    views = scene.catalog.views_reading(action.table, action.column)
    if views:
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses: {', '.join(views)} reads {action.table}.{action.column}",
            names=_names(action) | {"view": views[0]},
            safe_form=(
                "ALTER TABLE {table} ADD COLUMN {column}_new {type};\n"
                "-- keep both in step, backfill, then let {view} read {column}_new"
            ),
        )


def _dependent_foreign_key(action: a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    if table is None or scene.is_new(action.table):
        return
    others = [k.references for k in table.foreign_keys() if action.column in k.columns]
    others += [
        other.name
        for other, key in scene.catalog.referencing(action.table)
        if action.column in key.referenced_columns
    ]
    form, names = swap_form(action, scene) or (None, {})
    for other in dict.fromkeys(others):
        yield Hit(
            severity="unsafe",
            message=(
                f"a foreign key between {action.table}.{action.column} and {other} is dropped and "
                f"made again: ACCESS EXCLUSIVE on {other} as well"
            ),
            names=_names(action) | names,
            safe_form=form,
        )


_SWAP = (
    "ALTER TABLE {table} ADD COLUMN {column}_new {type};\n"
    "-- keep both columns in step with a trigger, backfill {column}_new in batches,\n"
    "-- release code that uses it, then drop {column} in a contract revision"
)
ON_TYPE = (a.AlterColumnType,)

COLUMN_TYPE_RULES = (
    Rule(
        id="alter-type-rewrite",
        title="Type change that rewrites the table",
        kind="rewrite",
        on=ON_TYPE,
        check=_rewrite,
        lock="ACCESS EXCLUSIVE with a rewrite",
        why=(
            "Unless the stored bytes stay valid (a wider varchar, varchar to text, a wider "
            "numeric of the same scale, cidr to inet, timestamp to timestamptz in UTC), every "
            "row is written to a new file while nobody can use the table."
        ),
        safe_form=_SWAP,
    ),
    Rule(
        id="alter-type-index-rebuild",
        title="Type change that builds indexes again",
        kind="scan",
        on=ON_TYPE,
        check=_index_rebuild,
        lock="ACCESS EXCLUSIVE while indexes are built",
        why=(
            "An index stays only where the new type sorts as the old one does, and only if it has "
            "no expression and no WHERE."
        ),
        safe_form=_SWAP,
    ),
    Rule(
        id="alter-type-check",
        title="Type change of a column that a CHECK uses",
        kind="scan",
        on=ON_TYPE,
        check=_dependent_check,
        lock="ACCESS EXCLUSIVE during a scan",
        why="The check is parsed for the new type and tested on every row.",
        safe_form=(
            "ALTER TABLE {table} DROP CONSTRAINT {constraint};\n"
            "ALTER TABLE {table} ALTER COLUMN {column} TYPE {type};\n"
            "ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK (…) NOT VALID;\n"
            "-- in another transaction:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {constraint};"
        ),
    ),
    Rule(
        id="alter-type-view",
        title="Type change of a column that a view reads",
        kind="compat",
        on=ON_TYPE,
        check=_dependent_view,
        lock="none: the statement fails",
        why="A view's columns have fixed types, so PostgreSQL refuses the change.",
        safe_form=_SWAP,
    ),
    Rule(
        id="alter-type-foreign-key",
        title="Type change of a column in a foreign key",
        kind="lock",
        on=ON_TYPE,
        check=_dependent_foreign_key,
        lock="ACCESS EXCLUSIVE on both tables",
        why="The constraint is dropped and created again, triggers on both sides included.",
        safe_form=_SWAP,
    ),
)
