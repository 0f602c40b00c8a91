"""Foreign keys that PostgreSQL does not make."""

import re
from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a
from migrator.postgres.type_change import parse_type
from migrator.snapshot import Catalog, Table

AnyReference = a.AddConstraint | a.AddColumn | a.CreateTable
# Types of one kind compare with each other; those of different kinds do not.
KINDS = {
    **dict.fromkeys(("smallint", "integer", "bigint"), "number"),
    **dict.fromkeys(("text", "character varying", "character", "bpchar", "name"), "string"),
    **dict.fromkeys(("date", "timestamp without time zone", "timestamp with time zone"), "time"),
    **{name: name for name in ("uuid", "boolean", "bytea")},
}
# With PERIOD the last column is one of ranges, which a key WITHOUT OVERLAPS holds.
PERIOD = re.compile(r"\bPERIOD\b", re.IGNORECASE)


def _foreign_key(action: AnyReference, scene: Scene) -> Iterator[Hit]:
    if PERIOD.search(scene.step.statement.text) or scene.catalog.doubtful:
        return
    for key in _keys(action):
        table = scene.table(key.references or "")
        # A table that is made now has its keys only afterwards.
        if table is None or not table.is_certain or table.name == _made(action):
            continue
        columns = key.referenced_columns or table.primary_key_columns
        reason = _why_no_key(table, columns) or _why_incomparable(
            _types(action, key, scene), table, columns, scene.catalog
        )
        if reason:
            yield Hit(
                severity="unsafe",
                message=f"PostgreSQL refuses this: {reason}",
                names={"table": table.name, "columns": ", ".join(columns) or "…"},
            )


def _made(action: AnyReference) -> str | None:
    return action.table if isinstance(action, a.CreateTable) else None


def _keys(action: AnyReference) -> Iterator[a.NewConstraint]:
    match action:
        case a.AddConstraint(constraint=constraint):
            found = (constraint,)
        case a.AddColumn(column=column):
            found = column.constraints
        case a.CreateTable():
            found = action.foreign_keys()
    return (constraint for constraint in found if constraint.kind == "foreign key")


def _why_no_key(table: Table, columns: tuple[str, ...]) -> str:
    if table.kind not in ("table", "partitioned"):
        return f"{table.name} is a {table.kind}"
    if not columns:
        return f"{table.name} has no primary key, and the foreign key names no column of it"
    if any(_serves(index.name, columns, table) for index in table.indexes.values()):
        return ""
    return f"no unique key of {table.name} is ({', '.join(columns)})"


def _serves(index: str, columns: tuple[str, ...], table: Table) -> bool:
    """Whether a foreign key may reference what the index holds."""
    known, constraint = table.indexes[index], table.constraints.get(index)
    whole = known.unique and known.valid and not known.uses and not known.partial
    deferrable = constraint is not None and constraint.deferrable
    return whole and not deferrable and sorted(known.columns) == sorted(columns)


def _types(action: AnyReference, key: a.NewConstraint, scene: Scene) -> list[str | None]:
    """Of the key's own columns; None where not known."""
    table = scene.table(action.table)
    known = {name: column.type for name, column in table.columns.items()} if table else {}
    match action:
        case a.AddColumn(column=column):
            known[column.name] = column.type
        case a.CreateTable(columns=columns):
            known |= {column.name: column.type for column in columns}
        case a.AddConstraint():
            pass
    return [known.get(name) for name in key.columns]


def _why_incomparable(
    types: list[str | None], table: Table, columns: tuple[str, ...], catalog: Catalog
) -> str:
    if len(types) != len(columns):
        return f"it has {len(types)} columns, and references {len(columns)} of {table.name}"
    for own, name in zip(types, columns, strict=True):
        column = table.columns.get(name)
        if own is None or column is None:
            continue
        kinds = {KINDS.get(parse_type(catalog.base_type(each))[0]) for each in (own, column.type)}
        if None not in kinds and len(kinds) > 1:
            return f"{own} does not compare with {column.type}, the type of {table.name}.{name}"
    return ""


REFUSED_KEY_RULES = (
    Rule(
        id="add-foreign-key-refused",
        title="Foreign key to what is no unique key, or of another type",
        kind="compat",
        on=(a.AddConstraint, a.AddColumn, a.CreateTable),
        check=_foreign_key,
        lock="none: the statement fails",
        why="A foreign key references one row, by a unique key whose columns compare with its own.",
        safe_form=(
            "-- to a unique key of the referenced table; outside a transaction:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY … ON {table} ({columns});\n"
            "-- and from columns of the same types"
        ),
    ),
)
