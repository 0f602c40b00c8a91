"""A trigger that keeps a new column right while old and new code both write."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pglast import ast, parse_sql
from pglast.parser import ParseError
from pglast.visitors import Visitor
from psycopg import sql

from migrator.backfill.fragment import fragment

# Set in a backfill's own sessions, so that its writes are not taken for the application's.
BACKFILL_SETTING = "groundwork.backfill"

FUNCTION = sql.SQL(
    """CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $groundwork$
#variable_conflict use_column
BEGIN
    SELECT ({expression}
    ) INTO NEW.{column} FROM (SELECT NEW.*) AS {row};
    RETURN NEW;
END
$groundwork$"""
)
TRIGGER = sql.SQL(
    "CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition})"
    " EXECUTE FUNCTION {function}()"
)


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

    table: the table, with its schema if need be (``app.users``).
    set: an SQL expression per new column, over the columns of the row. A column is filled when
        it is NULL after a write, and when a column that the expression reads changes but the
        column itself does not: so what old code writes reaches the new column, and what new
        code writes into it is left alone.
    reverse: the way back, an expression per old column over the new ones: applied when a new
        column changes and the old one does not. Default: old columns are not written.

    The backfill's own writes do not fire it. Raises ValueError, naming the column, for an
    expression that is not SQL.
    """
    made = [_forward(table, column, expression) for column, expression in set.items()]
    made += [_backward(table, column, text) for column, text in (reverse or {}).items()]
    return SyncTrigger(
        create=tuple(statement for one in made for statement in one.create),
        drop=tuple(statement for one in reversed(made) for statement in one.drop),
    )


def _forward(table: str, column: str, expression: str) -> SyncTrigger:
    moved = _moved(_columns_read(column, expression))
    on_update = "(NEW.{0} IS NULL OR (({1}) AND NEW.{0} IS NOT DISTINCT FROM OLD.{0}))"
    return _pair(
        table,
        column,
        expression,
        on_insert=f"NEW.{_quote(column)} IS NULL",
        on_update=on_update.format(_quote(column), moved),
    )


def _backward(table: str, column: str, expression: str) -> SyncTrigger:
    read = _columns_read(column, expression)
    kept = f"NEW.{_quote(column)} IS NOT DISTINCT FROM OLD.{_quote(column)}"
    return _pair(
        table,
        column,
        expression,
        on_insert=f"NEW.{_quote(column)} IS NULL",
        on_update=f"(({_moved(read)}) AND {kept})",
    )


def _pair(
    table: str, column: str, expression: str, *, on_insert: str, on_update: str
) -> SyncTrigger:
    path = [part.strip('"') for part in table.split(".")]
    qualified = sql.Identifier(*path)
    stem = f"{path[-1]}_{column}_sync"[:56]
    function = sql.Identifier(*path[:-1], stem)
    not_ours = f"current_setting('{BACKFILL_SETTING}', true) IS DISTINCT FROM 'on'"
    create = [
        FUNCTION.format(
            function=function,
            expression=fragment(expression),
            column=sql.Identifier(column),
            row=sql.Identifier(path[-1]),
        )
    ]
    drop: list[sql.Composed] = []
    for event, condition in (("INSERT", on_insert), ("UPDATE", on_update)):
        trigger = sql.Identifier(f"{stem}_{event[:3].lower()}")
        create.append(
            TRIGGER.format(
                trigger=trigger,
                event=fragment(event),
                table=qualified,
                condition=fragment(f"{condition} AND {not_ours}"),
                function=function,
            )
        )
        drop.append(sql.SQL("DROP TRIGGER IF EXISTS {} ON {}").format(trigger, qualified))
    drop.append(sql.SQL("DROP FUNCTION IF EXISTS {}()").format(function))
    return SyncTrigger(
        create=tuple(statement.as_string(None) for statement in create),
        drop=tuple(statement.as_string(None) for statement in drop),
    )


def _moved(columns: Iterable[str]) -> str:
    return " OR ".join(f"NEW.{_quote(c)} IS DISTINCT FROM OLD.{_quote(c)}" for c in columns)


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
