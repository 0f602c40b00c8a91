"""Integer keys made wider, and what goes with them: sequences, and columns that hold the key."""

from collections.abc import Iterable, Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.integers import LARGEST, drawn_from, is_narrower
from migrator.postgres.statements import actions as a


def _sequence(
    action: a.AlterColumnType | a.SetDefault | a.AddColumn | a.CreateTable, scene: Scene
) -> Iterator[Hit]:
    for table, column, type_name, sequences in _drawing(action, scene):
        for name in sequences:
            known = scene.catalog.sequences.get(name)
            if known is None or not is_narrower(known.type, type_name):
                continue
            if known.identity and isinstance(action, a.AlterColumnType):
                continue  # PostgreSQL widens it with its column
            if _is_widened(name, type_name, scene):
                continue
            yield Hit(
                severity="unsafe",
                message=(
                    f"{table}.{column} is {type_name}, but its numbers come from {name}, which is "
                    f"{known.type} and ends at {LARGEST[known.type]:,}: INSERT fails then"
                ),
                names={"sequence": name},
            )


def _drawing(
    action: a.AlterColumnType | a.SetDefault | a.AddColumn | a.CreateTable, scene: Scene
) -> Iterator[tuple[str, str, str, Iterable[str]]]:
    """(table, column, type, sequences) of each column that the statement lets draw numbers."""
    if isinstance(action, a.AlterColumnType):
        sequences = drawn_from(action.table, action.column, scene.catalog)
        yield action.table, action.column, action.type, sequences
    elif isinstance(action, a.SetDefault):
        known = scene.column(action.table, action.column)
        if known is not None and action.default is not None:
            yield action.table, action.column, known.type, action.default.sequences
    else:
        columns = action.columns if isinstance(action, a.CreateTable) else (action.column,)
        for column in columns:
            if column.default is not None:
                yield action.table, column.name, column.type, column.default.sequences


def _is_widened(sequence: str, type_name: str, scene: Scene) -> bool:
    """Whether another statement of the script makes the sequence as wide."""
    return any(
        isinstance(other, a.ChangeSequence)
        and other.name == sequence
        and other.type is not None
        and not is_narrower(other.type, type_name)
        for other in scene.later()
    )


def _holders(action: a.AlterColumnType, scene: Scene) -> Iterator[Hit]:
    holders = list(narrow_holders(action, scene))
    widened = {
        f"{other.table}.{other.column}"
        for other in (*scene.earlier(), *scene.later())
        if isinstance(other, a.AlterColumnType) and not is_narrower(other.type, action.type)
    }
    left = [holder for holder in holders if holder not in widened]
    if left:
        table, _, column = left[0].rpartition(".")
        yield Hit(
            severity="unsafe",
            message=(
                f"{', '.join(left)} {'hold' if len(left) > 1 else 'holds'} "
                f"{action.table}.{action.column} by a foreign key and "
                f"{'stay' if len(left) > 1 else 'stays'} narrower than {action.type}: the first "
                "key beyond is refused there"
            ),
            names={"table": table, "column": column, "type": action.type},
        )


def narrow_holders(action: a.AlterColumnType, scene: Scene) -> Iterator[str]:
    """``table.column`` of each that holds the column's values by a foreign key, and is narrower."""
    table = scene.table(action.table)
    own_key = table.primary_key_columns if table is not None else ()
    for other, key in scene.catalog.referencing(action.table):
        referenced = key.referenced_columns or own_key
        for column, holds in zip(key.columns, referenced, strict=False):
            known = other.columns.get(column)
            is_small = known is not None and is_narrower(known.type, action.type)
            if holds == action.column and is_small and not key.derived:
                yield f"{other.name}.{column}"


def _goes_along(action: a.DropColumn, scene: Scene) -> Iterator[Hit]:
    """The sequence goes with the column that owns it, though another takes its place."""
    successor = _successor(action, scene)
    for name, sequence in scene.catalog.sequences.items():
        if sequence.owner != (action.table, action.column) or successor is None:
            continue
        known = scene.column(action.table, successor)
        if known is not None and known.default is None and not known.identity:
            yield Hit(
                severity="unsafe",
                message=(
                    f"the sequence {name} goes with {action.table}.{action.column}, and "
                    f"{successor}, which takes its place, has no numbers of its own: INSERT fails"
                ),
                names={
                    "table": action.table,
                    "column": successor,
                    "sequence": name,
                },
            )


def _successor(action: a.DropColumn, scene: Scene) -> str | None:
    """The column that gets the dropped one's name, or is called as the safe forms call it."""
    for other in scene.later():
        match other:
            case a.RenameColumn(table=action.table, new_name=action.column, column=column):
                return column
    new = f"{action.column}_new"
    return new if scene.column(action.table, new) is not None else None


def swap_form(action: a.AlterColumnType, scene: Scene) -> tuple[str, dict[str, str]] | None:
    """How a numbered key is made wider beside its old column; None for another column."""
    holders = list(narrow_holders(action, scene))
    sequences = drawn_from(action.table, action.column, scene.catalog)
    if not holders and not sequences:
        return None
    parts = [_BESIDE]
    if holders:
        parts.append("-- likewise each column that holds the key: {columns}\n")
    names = {"columns": ", ".join(holders)}
    if sequences:
        name = sequences[0]
        parts.append(_IDENTITY if scene.catalog.sequences[name].identity else _SEQUENCE)
        names["sequence"] = name
    return "".join(parts) + _AFTER, names


_BESIDE = (
    "ALTER TABLE {table} ADD COLUMN {column}_new {type};\n"
    "-- keep both columns in step with a trigger, backfill {column}_new in batches\n"
)
_SEQUENCE = (
    "-- then, in one transaction, the sequence widened and given to the new column:\n"
    "ALTER SEQUENCE {sequence} AS bigint;\n"
    "ALTER TABLE {table} ALTER COLUMN {column}_new SET DEFAULT nextval('{sequence}');\n"
    "ALTER SEQUENCE {sequence} OWNED BY {table}.{column}_new;\n"
)
_IDENTITY = (
    "-- then, once {column}_new is NOT NULL, in one transaction, numbers of its own:\n"
    "ALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY;\n"
    "ALTER TABLE {table} ALTER COLUMN {column}_new ADD GENERATED BY DEFAULT AS IDENTITY;\n"
    "SELECT setval(pg_get_serial_sequence('{table}', '{column}_new'), max({column}))\n"
    "  FROM {table};\n"
)
_AFTER = "-- release code that uses it, then drop {column} in a contract revision"

WIDENED_KEY_RULES = (
    Rule(
        id="sequence-stays-small",
        title="Column wider than the sequence that its numbers come from",
        kind="compat",
        on=(a.AlterColumnType, a.SetDefault, a.AddColumn, a.CreateTable),
        check=_sequence,
        lock="none; at the sequence's end every INSERT fails",
        why=(
            "serial makes a sequence of the column's type, which keeps that type and its largest "
            "number when the column is made wider. Only an identity column's sequence goes along."
        ),
        safe_form="ALTER SEQUENCE {sequence} AS bigint;",
    ),
    Rule(
        id="sequence-goes-along",
        title="Dropped column whose sequence its successor has not taken over",
        kind="compat",
        on=(a.DropColumn,),
        check=_goes_along,
        lock="none; every INSERT that leaves the key to the table fails",
        why="A sequence is dropped with the column that owns it.",
        safe_form=(
            "-- before it:\n"
            "ALTER SEQUENCE {sequence} AS bigint;\n"
            "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{sequence}');\n"
            "ALTER SEQUENCE {sequence} OWNED BY {table}.{column};"
        ),
    ),
    Rule(
        id="key-holder-stays-small",
        title="Key made wider than the columns that hold it",
        kind="compat",
        on=(a.AlterColumnType,),
        check=_holders,
        lock="none; a row that holds a larger key cannot be stored",
        why="A foreign key may be of another integer type than what it references.",
        safe_form=(
            "-- before the key itself, for each of them:\n"
            "ALTER TABLE {table} ADD COLUMN {column}_new {type};\n"
            "-- keep both columns in step with a trigger, backfill {column}_new in batches"
        ),
    ),
)
