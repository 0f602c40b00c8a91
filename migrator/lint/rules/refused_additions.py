"""Columns, keys and defaults that PostgreSQL does not add where they are to be."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a

KEYS = ("unique", "primary key")
AnyKey = a.AddConstraint | a.AddColumn | a.CreateIndex | a.CreateTable


def _column(action: a.AddColumn, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    parent = scene.table(table.parent) if table and table.parent else None
    if parent is not None and parent.kind == "partitioned":
        yield Hit(
            severity="unsafe",
            message=(
                f"PostgreSQL refuses this: {action.table} is a partition of {parent.name}, and "
                "has its columns"
            ),
            names=_names(parent.name, action),
        )
    child = next(scene.catalog.children(action.table), None)
    if action.only and child is not None:
        yield Hit(
            severity="unsafe",
            message=(
                f"PostgreSQL refuses this: without ONLY, {child.name} gets the column of "
                f"{action.table} too"
            ),
            names=_names(action.table, action),
        )


def _names(table: str, action: a.AddColumn) -> dict[str, str]:
    return {"table": table, "column": action.column.name, "type": action.column.type}


def _key(action: AnyKey, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    keys = list(_new_keys(action))
    if isinstance(action, a.CreateTable):
        partition_key = action.partition_key
    else:
        partition_key = table.partition_key if table and table.kind == "partitioned" else ()
    for columns in keys:
        missing = [column for column in partition_key if column not in columns]
        if missing:
            yield Hit(
                severity="unsafe",
                message=(
                    f"PostgreSQL refuses this: {action.table} is partitioned by "
                    f"{', '.join(missing)}, which a unique key has to hold"
                ),
                names={"table": action.table, "columns": ", ".join([*columns, *missing])},
            )


def _new_keys(action: AnyKey) -> Iterator[tuple[str, ...]]:
    """The columns of each unique key that the action makes."""
    if isinstance(action, a.CreateIndex):
        if action.unique and action.columns:
            yield action.columns
    else:
        for constraint in _new_constraints(action):
            if constraint.kind in KEYS and constraint.using_index is None:
                yield constraint.columns


def _new_constraints(
    action: a.AddConstraint | a.AddColumn | a.CreateTable,
) -> Iterator[a.NewConstraint]:
    match action:
        case a.AddConstraint(constraint=constraint):
            yield constraint
        case a.AddColumn(column=column):
            yield from column.constraints
        case a.CreateTable(columns=columns, constraints=constraints):
            for column in columns:
                yield from column.constraints
            yield from constraints


def _second_primary_key(action: a.AddConstraint | a.AddColumn, scene: Scene) -> Iterator[Hit]:
    table = scene.table(action.table)
    known = table.primary_key if table is not None else None
    if known is not None and any(c.kind == "primary key" for c in _new_constraints(action)):
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {action.table} has a primary key, {known.name}",
            names={"table": action.table, "constraint": known.name},
        )


def _default(action: a.SetDefault, scene: Scene) -> Iterator[Hit]:
    column = scene.column(action.table, action.column)
    if column is None or not (column.generated or column.identity):
        return
    yield Hit(
        severity="unsafe",
        message=(
            f"PostgreSQL refuses this: {action.table}.{action.column} is "
            f"{'a generated' if column.generated else 'an identity'} column"
        ),
        names={"table": action.table, "column": action.column},
        safe_form=None if column.generated else _IDENTITY_FIRST,
    )


_LOCK = "none: the statement fails"
_FIRST = "-- first, once nothing relies on it:\nALTER TABLE {table} ALTER COLUMN {column} "
_IDENTITY_FIRST = _FIRST + "DROP IDENTITY;"

REFUSED_ADDITION_RULES = (
    Rule(
        id="add-column-refused",
        title="Column of a partition, or of a parent alone",
        kind="compat",
        on=(a.AddColumn,),
        check=_column,
        lock=_LOCK,
        why="A partition has the columns of its table, and a parent's are those of its children.",
        safe_form=(
            "-- in the parent, and so in all its parts:\n"
            "ALTER TABLE {table} ADD COLUMN {column} {type};"
        ),
    ),
    Rule(
        id="add-key-refused",
        title="Unique key of a partitioned table without its partition key",
        kind="compat",
        on=(a.AddConstraint, a.AddColumn, a.CreateIndex, a.CreateTable),
        check=_key,
        lock=_LOCK,
        why="Each partition has an index of its own, which knows nothing of the others.",
        safe_form="-- with the partition key; alone it is unique in each partition only:\n"
        "CREATE UNIQUE INDEX … ON {table} ({columns});",
    ),
    Rule(
        id="second-primary-key",
        title="Primary key beside another",
        kind="compat",
        on=(a.AddConstraint, a.AddColumn),
        check=_second_primary_key,
        lock=_LOCK,
        why="A table has one primary key.",
        safe_form=(
            "-- the new one from an index that is there, both in one transaction:\n"
            "ALTER TABLE {table} DROP CONSTRAINT {constraint}, ADD PRIMARY KEY USING INDEX …;"
        ),
    ),
    Rule(
        id="change-default-refused",
        title="Default of a generated or identity column",
        kind="compat",
        on=(a.SetDefault,),
        check=_default,
        lock=_LOCK,
        why="What makes its values takes the place of a default.",
        safe_form=_FIRST + "DROP EXPRESSION;",
    ),
)
