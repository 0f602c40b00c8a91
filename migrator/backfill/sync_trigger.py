"""A trigger that keeps a new column right while old and new code both write."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pglast import ast, parse_sql
from pglast.parser import ParseError
from pglast.visitors import Visitor
from psycopg import sql

from migrator.backfill.bind_free import bind_free
from migrator.backfill.table_name import parse_table_name
from migrator.fragment import fragment

# Set in a backfill's own sessions, so that its writes are not taken for the application's.
BACKFILL_SETTING = "groundwork.backfill"

# All conditions are looked at before the first column is filled: afterwards the row no longer
# tells what the application wrote. On INSERT, where old code's NULL looks like new code's, the way
# back sees only what was given. On UPDATE it sees the row filled: of two new columns that make an
# old one, new code may write one before the other was ever filled.
FUNCTION = sql.SQL(
    """CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $groundwork$
#variable_conflict use_column
DECLARE
    {variables} boolean;
    groundwork_row record := NEW;
BEGIN
    IF TG_OP = 'INSERT' THEN
        {on_insert}
    ELSE
        {on_update}
    END IF;
    {forward}
    IF TG_OP = 'UPDATE' THEN
        groundwork_row := NEW;
    END IF;
    {backward}
    RETURN NEW;
END
$groundwork$"""
)
FILL = sql.SQL(
    """IF {variable} THEN
        SELECT ({expression}
        ) INTO NEW.{column} FROM (SELECT {source}.*) AS {row};
    END IF;"""
)
TRIGGER = sql.SQL(
    "CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition})"
    " EXECUTE FUNCTION {function}()"
)
EVENTS = ("INSERT", "UPDATE")
# In bytes: PostgreSQL cuts off what is over 63, and the triggers' names end in _ins and _upd.
LONGEST_STEM = 56


@dataclass(frozen=True, kw_only=True)
class SyncTrigger:
    """Statements for a revision: `create` belongs into upgrade, `drop` into its counterpart.

    Both need a SHARE ROW EXCLUSIVE lock (`drop` ACCESS EXCLUSIVE) on the table for a moment.
    """

    create: tuple[str, ...]
    drop: tuple[str, ...]


def sync_trigger(
    table: str,
    *,
    set: Mapping[str, str],  # noqa: A002 - the same word as in Backfill and in SQL
    reverse: Mapping[str, str] | None = None,
) -> SyncTrigger:
    """Fills columns from others on every write of the application.

    table: the table, with its schema if need be (``app.users``), as in SQL: what is not in
        double quotes is lower-case.
    set: an SQL expression per new column, over the columns of the row. A column is filled when
        it is NULL after a write, and when a column that the expression reads changes but the
        column itself does not: so what old code writes reaches the new column, and what new
        code writes into it is left alone.
    reverse: the way back, an expression per old column over the new ones: applied when the
        application changes a new column and not the old one. What `set` filled is no such
        change. Default: old columns are not written.

    The backfill's own writes do not fire it. `drop` also drops what former versions made, which
    was a function per column. Raises ValueError for text that is no table's name, and, naming the
    column, for an expression that is not SQL.
    """
    path = parse_table_name(table)
    columns = [*_forward(set), *_backward(set, reverse or {})]
    if not columns:
        raise ValueError(f"sync trigger: set names no column of {table}")
    stem = _stem(path[-1], columns[0].name)
    former = (f"{path[-1]}_{one.name}_sync"[:56] for one in columns)
    return SyncTrigger(
        create=tuple(part.as_string(None) for part in _create(path, stem, columns)),
        drop=tuple(
            part.as_string(None) for part in _drop(path, list(dict.fromkeys([stem, *former])))
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column that is filled. variable: whether it is due, in the function.

    on_insert, on_update: when it is due. roughly: true whenever on_update is, and needs no
    variables, for the trigger's WHEN.
    """

    name: str
    expression: str
    variable: str
    source: str
    on_insert: str
    on_update: str
    roughly: str


def _forward(expressions: Mapping[str, str]) -> list[_Column]:
    filled: dict[str, str] = {}
    made: list[_Column] = []
    for column, expression in expressions.items():
        read = _columns_read(column, expression)
        # An expression may read columns that were filled before it.
        earlier = [filled[name] for name in read if name in filled]
        on_update = f"NEW.{_quote(column)} IS NULL OR (({{}}) AND {_kept(column)})"
        moved = [_moved(name) for name in read]
        variable = filled[column] = f"groundwork_fill_{len(made) + 1}"
        made.append(
            _Column(
                name=column,
                expression=expression,
                variable=variable,
                source="NEW",
                on_insert=f"NEW.{_quote(column)} IS NULL",
                on_update=on_update.format(" OR ".join([*moved, *earlier])),
                roughly=on_update.format(" OR ".join(moved)),
            )
        )
    return made


def _backward(forward: Mapping[str, str], reverse: Mapping[str, str]) -> list[_Column]:
    filled = {column: f"groundwork_fill_{place}" for place, column in enumerate(forward, 1)}
    old = {*reverse, *(name for one in forward for name in _columns_read(one, forward[one]))}
    made: list[_Column] = []
    for column, expression in reverse.items():
        read = _columns_read(column, expression)
        new = [name for name in read if name in filled or name not in old] or read
        written = [
            f"({_moved(name)} AND NOT {filled[name]})" if name in filled else _moved(name)
            for name in new
        ]
        on_update = f"(({{}}) AND {_kept(column)})"
        made.append(
            _Column(
                name=column,
                expression=expression,
                variable=f"groundwork_back_{len(made) + 1}",
                source="groundwork_row",
                on_insert=f"NEW.{_quote(column)} IS NULL",
                on_update=on_update.format(" OR ".join(written)),
                roughly=on_update.format(" OR ".join(map(_moved, new))),
            )
        )
    return made


def _stem(table: str, column: str) -> str:
    """What the names of the function and its triggers start with; `column` is the first one."""
    plain = f"{table}_{column}_sync"
    if len(plain.encode()) <= LONGEST_STEM:
        return plain
    # Cut off alone it would be the same for columns that differ at their ends.
    digest = hashlib.sha256(f"{table}.{column}".encode()).hexdigest()[:8]
    kept = plain.encode()[: LONGEST_STEM - len(digest) - 1].decode(errors="ignore")
    return f"{kept}_{digest}"


def _create(path: Sequence[str], stem: str, columns: list[_Column]) -> list[sql.Composed]:
    function = sql.Identifier(*path[:-1], stem)
    not_ours = f"current_setting('{BACKFILL_SETTING}', true) IS DISTINCT FROM 'on'"
    when = {
        "INSERT": " OR ".join(one.on_insert for one in columns),
        "UPDATE": " OR ".join(one.roughly for one in columns),
    }
    return [
        _function(function, path[-1], columns),
        *(
            TRIGGER.format(
                trigger=_trigger(stem, event),
                event=fragment(event),
                table=sql.Identifier(*path),
                condition=fragment(f"({when[event]}) AND {not_ours}"),
                function=function,
            )
            for event in EVENTS
        ),
    ]


def _function(function: sql.Identifier, row: str, columns: list[_Column]) -> sql.Composed:
    def lines(texts: Iterable[str]) -> sql.SQL:
        return fragment("\n        ".join(texts))

    def fills(source: str) -> sql.Composed:
        return sql.SQL("\n    ").join(
            FILL.format(
                variable=fragment(one.variable),
                expression=fragment(bind_free(one.expression)),
                column=sql.Identifier(one.name),
                source=fragment(source),
                row=sql.Identifier(row),
            )
            for one in columns
            if one.source == source
        )

    return FUNCTION.format(
        function=function,
        variables=fragment(" boolean;\n    ".join(one.variable for one in columns)),
        on_insert=lines(f"{one.variable} := {one.on_insert};" for one in columns),
        on_update=lines(f"{one.variable} := {one.on_update};" for one in columns),
        forward=fills("NEW"),
        backward=fills("groundwork_row"),
    )


def _drop(path: Sequence[str], stems: list[str]) -> list[sql.Composed]:
    drop_trigger = sql.SQL("DROP TRIGGER IF EXISTS {} ON {}")
    drop_function = sql.SQL("DROP FUNCTION IF EXISTS {}()")
    return [
        *(
            drop_trigger.format(_trigger(stem, event), sql.Identifier(*path))
            for stem in stems
            for event in EVENTS
        ),
        *(drop_function.format(sql.Identifier(*path[:-1], stem)) for stem in stems),
    ]


def _trigger(stem: str, event: str) -> sql.Identifier:
    return sql.Identifier(f"{stem}_{event[:3].lower()}")


# Compared as stored: not every type, such as json and point, has an equality. The cast keeps the
# parser from taking a comparison of rows for one of their columns.
def _moved(column: str) -> str:
    return f"ROW(NEW.{_quote(column)})::record *<> ROW(OLD.{_quote(column)})::record"


def _kept(column: str) -> str:
    return f"ROW(NEW.{_quote(column)})::record *= ROW(OLD.{_quote(column)})::record"


def _quote(column: str) -> str:
    return sql.Identifier(column).as_string(None)


class _ColumnNames(Visitor):
    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def visit_ColumnRef(self, ancestors: object, node: ast.ColumnRef) -> None:  # noqa: N802
        for last in (node.fields or ())[-1:]:
            if isinstance(last, ast.String) and last.sval:
                self.names[last.sval] = None


def _columns_read(column: str, expression: str) -> list[str]:
    try:
        tree = parse_sql(f"SELECT ({expression}\n)")
    except ParseError as error:
        raise ValueError(
            f"sync trigger: {column}: {expression!r} is not an SQL expression"
        ) from error
    visitor = _ColumnNames()
    visitor(tree)
    if not visitor.names:
        raise ValueError(
            f"sync trigger: {column}: {expression!r} reads no column; a constant is a column "
            "default, not a trigger"
        )
    return list(visitor.names)
