"""Columns that are added."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.column_names import column_names, is_added
from migrator.lint.scene import Scene
from migrator.postgres.claims.columns import default_reason
from migrator.postgres.replay import gets_value, is_there
from migrator.postgres.statements import actions as a


def _volatile_default(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    column = action.column
    if column.serial or column.identity or column.generated or not is_added(action, scene):
        return
    if scene.catalog.constrains(column.type):  # which has a rule of its own
        return
    reason, certain = default_reason(column, scene.catalog)
    if reason is not None:
        doubt = "" if certain else "; a catalog would tell (`--database-url` or `--catalog`)"
        yield Hit(
            severity="unsafe",
            message=(
                f"adding {action.table}.{column.name} rewrites the whole table and all its "
                f"indexes under ACCESS EXCLUSIVE: {reason}{doubt}"
            ),
            names=column_names(action, scene),
            safe_form=_BACKFILL_OF_DOMAIN if column.default is None else None,
        )


def _serial(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    column = action.column
    if (column.serial or column.identity) and is_added(action, scene):
        what = "serial" if column.serial else "an identity column"
        yield Hit(
            severity="unsafe",
            message=(
                f"adding {action.table}.{column.name} as {what} rewrites the whole table under "
                "ACCESS EXCLUSIVE, to number the rows that exist"
            ),
            names=column_names(action, scene),
        )


def _stored(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    column = action.column
    if column.generated == "stored" and is_added(action, scene):
        virtual = "; a VIRTUAL column needs no rewrite" if scene.version >= 180000 else ""
        yield Hit(
            severity="unsafe",
            message=(
                f"adding the stored generated column {action.table}.{column.name} rewrites the "
                f"whole table under ACCESS EXCLUSIVE{virtual}"
            ),
            names=column_names(action, scene),
        )


def _virtual_not_null(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    column = action.column
    if column.generated == "virtual" and column.not_null and is_added(action, scene):
        yield Hit(
            severity="unsafe",
            message=(
                f"{action.table}.{column.name} is computed for every row under ACCESS EXCLUSIVE, "
                "to see that none is NULL"
            ),
            names=column_names(action, scene),
        )


def _constrained_domain(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    column = action.column
    if scene.catalog.constrains(column.type) and is_added(action, scene):
        yield Hit(
            severity="unsafe",
            message=(
                f"adding {action.table}.{column.name} rewrites the whole table, as the domain "
                f"{column.type} has a constraint"
            ),
            names={"table": action.table, "column": column.name},
        )


def _required(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    column = action.column
    has_value = gets_value(column, scene.catalog)
    if column.not_null and not has_value and is_added(action, scene):
        yield Hit(
            severity="unsafe",
            message=(
                f"{action.table}.{column.name} is NOT NULL without a server default: the statement "
                "fails if the table has rows, and afterwards the running application's INSERTs "
                "fail, because they do not name the column (a default in Python does not help them)"
            ),
            names=column_names(action, scene),
        )


def _json(action: a.AddColumn | a.CreateTable, scene: Scene) -> Iterator[Hit]:
    columns = action.columns if isinstance(action, a.CreateTable) else (action.column,)
    if isinstance(action, a.AddColumn) and is_there(action, scene.catalog):
        return
    for column in columns:
        if column.type == "json":
            new = isinstance(action, a.CreateTable) or scene.is_new(action.table)
            yield Hit(
                severity="info" if new else "caution",
                message=(
                    f"{action.table}.{column.name} is json, which has no equality operator: "
                    "queries with DISTINCT or UNION over the table fail from now on"
                ),
                names={"table": action.table, "column": column.name},
            )


_BACKFILL = (
    "ALTER TABLE {table} ADD COLUMN {column} {type}{collation};\n"
    "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default};\n"
    "-- then fill the rows that exist in batches: python -m migrator backfill run …"
)
# The explicit NULL comes before the domain's default, and is gone after the second statement.
_BACKFILL_OF_DOMAIN = (
    "ALTER TABLE {table} ADD COLUMN {column} {type}{collation} DEFAULT NULL;\n"
    "ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT;\n"
    "-- then fill the rows that exist in batches: python -m migrator backfill run …"
)


ON_ADD = (a.AddColumn,)


REWRITES_WHY = (
    "ALTER TABLE writes every row to a new file and builds every index again; nobody can "
    "read or write the table meanwhile."
)


ADDED_COLUMN_RULES = (
    Rule(
        id="add-column-volatile-default",
        title="New column with a default that differs from row to row",
        kind="rewrite",
        on=ON_ADD,
        check=_volatile_default,
        lock="ACCESS EXCLUSIVE with a rewrite",
        why=REWRITES_WHY,
        safe_form=_BACKFILL,
    ),
    Rule(
        id="add-column-serial",
        title="New serial or identity column",
        kind="rewrite",
        on=ON_ADD,
        check=_serial,
        lock="ACCESS EXCLUSIVE with a rewrite",
        why=REWRITES_WHY,
        safe_form=(
            "CREATE SEQUENCE {table}_{column}_seq;\n"
            "ALTER TABLE {table} ADD COLUMN {column} {type};\n"
            "ALTER TABLE {table} ALTER COLUMN {column} "
            "SET DEFAULT nextval('{table}_{column}_seq');\n"
            "ALTER SEQUENCE {table}_{column}_seq OWNED BY {table}.{column};\n"
            "-- then number the rows that exist in batches"
        ),
    ),
    Rule(
        id="add-column-stored",
        title="New stored generated column",
        kind="rewrite",
        on=ON_ADD,
        check=_stored,
        lock="ACCESS EXCLUSIVE with a rewrite",
        why=REWRITES_WHY,
        safe_form=(
            "ALTER TABLE {table} ADD COLUMN {column} {type}{collation};\n"
            "-- a BEFORE INSERT OR UPDATE trigger computes it; a backfill fills the old rows.\n"
            "-- PostgreSQL 18: GENERATED ALWAYS AS (…) VIRTUAL needs neither."
        ),
    ),
    Rule(
        id="add-column-virtual-not-null",
        title="New virtual generated column with NOT NULL",
        kind="scan",
        on=ON_ADD,
        check=_virtual_not_null,
        lock="ACCESS EXCLUSIVE during a scan",
        why="A virtual column stores nothing, so that NOT NULL has to compute it for every row.",
        safe_form=(
            "ALTER TABLE {table} ADD COLUMN {column} {type}{collation} "
            "GENERATED ALWAYS AS (<expression>) VIRTUAL;\n"
            "ALTER TABLE {table} ADD CONSTRAINT {table:bare}_{column}_not_null\n"
            "  NOT NULL {column} NOT VALID;\n"
            "-- in another transaction:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {table:bare}_{column}_not_null;"
        ),
        since=18,
    ),
    Rule(
        id="add-column-domain",
        title="New column of a domain with a constraint",
        kind="rewrite",
        on=ON_ADD,
        check=_constrained_domain,
        lock="ACCESS EXCLUSIVE with a rewrite",
        why=REWRITES_WHY,
        safe_form=(
            "ALTER TABLE {table} ADD COLUMN {column} <base type>;\n"
            "ALTER TABLE {table} ADD CONSTRAINT {table:bare}_{column}_check CHECK (…) NOT VALID;\n"
            "-- in another transaction:\n"
            "ALTER TABLE {table} VALIDATE CONSTRAINT {table:bare}_{column}_check;"
        ),
    ),
    Rule(
        id="add-column-required",
        title="New NOT NULL column without a server default",
        kind="compat",
        on=ON_ADD,
        check=_required,
        lock="ACCESS EXCLUSIVE, brief",
        why="Rows that exist have no value, and the running application does not send one.",
        safe_form=(
            "ALTER TABLE {table} ADD COLUMN {column} {type}{collation};\n"
            "-- release the code that writes it, run the backfill, then in a contract revision:\n"
            "ALTER TABLE {table} ADD CONSTRAINT {column}_set\n"
            "  CHECK ({column} IS NOT NULL) NOT VALID;"
        ),
    ),
    Rule(
        id="column-json",
        title="Column of type json",
        kind="compat",
        on=(a.AddColumn, a.CreateTable),
        check=_json,
        lock="none of its own",
        why="json has no `=`, so queries that compare whole rows fail at once.",
        safe_form="use jsonb for {table}.{column}",
    ),
)
