"""The work on the rows of one batch, in the transaction that the caller opened."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from migrator.backfill.definition import Backfill, Batch, BatchFunction, Row, RowFunction
from migrator.backfill.errors import BackfillError
from migrator.backfill.fragment import fragment

# A name that no column of an application's table has.
ROW_ID = "groundwork_row_id"


def fill(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    table: sql.Identifier,
    condition: sql.Composable,
) -> int:
    """Fills the rows of a batch; returns how many changed."""
    due = due_rows(backfill, condition)
    if backfill.set is not None:
        return connection.execute(update_statement(backfill, table, due)).rowcount
    if backfill.function is not None:
        return _apply_function(connection, backfill, backfill.function, table, due)
    return _call_batch(connection, backfill, Batch(table=table, condition=due))


def due_rows(backfill: Backfill, condition: sql.Composable) -> sql.Composable:
    """The condition, narrowed to the rows that still need work."""
    if backfill.where is None:
        return condition
    return sql.SQL("{} AND ({}\n)").format(condition, fragment(backfill.where))


def update_statement(
    backfill: Backfill, table: sql.Identifier, due: sql.Composable
) -> sql.Composed:
    """The UPDATE of a declarative backfill."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = ({}\n)").format(sql.Identifier(column), fragment(expression))
        for column, expression in (backfill.set or {}).items()
    )
    return sql.SQL("UPDATE ONLY {} SET {} WHERE {}").format(table, assignments, due)


def _call_batch(connection: "psycopg.Connection[Any]", backfill: Backfill, batch: Batch) -> int:
    function: BatchFunction | None = backfill.batch
    changed = function(connection, batch) if function is not None else None
    if not isinstance(changed, int):
        raise BackfillError(
            f"backfill {backfill.name}: batch function must return the number of rows it "
            f"changed, not {changed!r}"
        )
    return changed


def _apply_function(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    function: RowFunction,
    table: sql.Identifier,
    due: sql.Composable,
) -> int:
    columns = (
        sql.SQL(", ").join(map(sql.Identifier, backfill.columns))
        if backfill.columns
        else sql.SQL("*")
    )
    # A locked row stays where it is until the transaction ends, so ctid finds it again.
    query = sql.SQL("SELECT ctid::text AS {}, {} FROM ONLY {} WHERE {} FOR NO KEY UPDATE").format(
        sql.Identifier(ROW_ID), columns, table, due
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query).fetchall()
    places = [row.pop(ROW_ID) for row in rows]
    changes = function(rows)
    if len(changes) != len(rows):
        raise BackfillError(
            f"backfill {backfill.name}: function returned {len(changes)} results for "
            f"{len(rows)} rows; it must return one per row, None for a row to leave alone"
        )
    due_changes = [(place, change) for place, change in zip(places, changes, strict=True) if change]
    return _write(connection, table, due_changes)


def _write(
    connection: "psycopg.Connection[Any]",
    table: sql.Identifier,
    changes: Sequence[tuple[str, Row]],
) -> int:
    groups: dict[tuple[str, ...], list[tuple[str, Mapping[str, Any]]]] = {}
    for place, change in changes:
        groups.setdefault(tuple(change), []).append((place, change))
    for columns, members in groups.items():
        assignments = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(column)) for column in columns
        )
        statement = sql.SQL("UPDATE ONLY {} SET {} WHERE ctid = %s::tid").format(table, assignments)
        with connection.cursor() as cursor:
            cursor.executemany(statement, [(*change.values(), place) for place, change in members])
    return len(changes)
