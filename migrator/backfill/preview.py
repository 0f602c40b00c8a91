"""What a run would do, without doing it."""

import time
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console

from migrator.backfill.connection import BATCH_SESSION, prepare_session
from migrator.backfill.definition import Backfill
from migrator.backfill.figures import duration
from migrator.backfill.fill import due_rows, fill, update_statement
from migrator.backfill.leaf_walk import walk_of
from migrator.backfill.options import RunOptions
from migrator.backfill.plan import estimate_rows, plan_ranges
from migrator.backfill.remaining import remaining
from migrator.backfill.target import Leaf, find_leaves

# Rows of the batch that is tried, and rolled back, to estimate the time.
TRIED_ROWS = 1000


def explain(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    options: RunOptions,
    console: Console,
) -> None:
    """Prints tables, keys, the first batch's plan and an estimate; changes nothing.

    The estimate comes from one batch that is run and rolled back. It locks its rows for that
    long, and waits for none.
    """
    leaves = find_leaves(connection, backfill)
    total = estimate_rows(connection, leaves)
    left = remaining(connection, backfill)
    console.print(
        f"{backfill.name}: {left:,} rows of about {total:,} need it",
        highlight=False,
        soft_wrap=True,
    )
    for leaf in leaves:
        by = ", ".join(f"{column.name} ({column.type})" for column in leaf.key)
        console.print(
            f"  {leaf.label}, by {by or 'physical order (no key)'}", highlight=False, soft_wrap=True
        )
    workers = options.workers_for(backfill)
    ranges = plan_ranges(connection, leaves, workers)
    console.print(f"  {len(ranges)} range(s), {workers} worker(s)", highlight=False, soft_wrap=True)
    leaf = next((leaf for leaf in leaves if walk_of(leaf).last(connection)), None)
    if leaf is None or left == 0:
        return
    prepare_session(connection, BATCH_SESSION)
    seconds = _try_batch(connection, backfill, leaf, options, console)
    if seconds is not None:
        estimate = seconds * total / workers
        console.print(
            f"estimate: {duration(estimate)} for the whole table, from one batch that was rolled "
            "back; throttles and waiting come on top",
            highlight=False,
            soft_wrap=True,
        )


def _try_batch(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    options: RunOptions,
    console: Console,
) -> float | None:
    """Runs the first batch and undoes it; returns its seconds per row."""
    walk = walk_of(leaf)
    last = walk.last(connection)
    if last is None:
        return None
    end = walk.step(connection, None, last, TRIED_ROWS) or last
    condition = walk.condition(None, end)
    if backfill.set is not None:
        statement = update_statement(backfill, leaf, due_rows(backfill, condition))
        console.print(
            statement.as_string(connection), highlight=False, soft_wrap=True, markup=False
        )
        rows = connection.execute(sql.SQL("EXPLAIN {}").format(statement)).fetchall()
        for (line,) in rows:
            console.print(f"  {line}", highlight=False, soft_wrap=True, markup=False)
    try:
        # The first try fetches the pages; the second is what the other batches are like.
        tries = [_time_batch(connection, backfill, leaf, condition) for _ in range(2)]
    except psycopg.errors.LockNotAvailable:
        console.print("no estimate: the first rows are locked by somebody else")
        return None
    return min((seconds for seconds in tries if seconds is not None), default=None)


def _time_batch(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    condition: sql.Composed,
) -> float | None:
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL lock_timeout = '10ms'")
        begun = time.monotonic()
        changed = fill(connection, backfill, leaf, condition)
        seconds = time.monotonic() - begun
    return seconds / changed if changed else None
