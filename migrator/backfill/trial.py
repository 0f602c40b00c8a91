"""Batches that are run and rolled back, to see how long they take."""

import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.definition import Backfill
from migrator.backfill.fill import fill
from migrator.backfill.leaf_walk import walk_of
from migrator.backfill.options import RunOptions
from migrator.backfill.pace import Pace
from migrator.backfill.state import Range
from migrator.backfill.target import Leaf
from migrator.backfill.walk import Walk

TRIES = 10
# No batch holds its rows for longer than this many times the time that it should take.
LONGEST = 4


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A batch that was tried: its rows, how many of them needed it, and its seconds."""

    rows: int
    due: int
    seconds: float

    @property
    def per_row(self) -> float:
        """Seconds, for rows that needed nothing too."""
        return self.seconds / max(1, self.rows)


class NoTrialError(Exception):
    """No batch could be tried; the message says why."""


def next_batch(
    connection: "psycopg.Connection[Any]", walk: Walk, item: Range, size: int
) -> tuple[sql.Composed, bool]:
    """The rows after a range's cursor as a condition, and whether the range ends with them."""
    start = item.cursor if item.cursor is not None else item.after
    end = walk.step(connection, start, item.upper, size)
    return walk.condition(start, item.upper if end is None else end), end is None


def try_batches(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    item: Range,
    options: RunOptions,
) -> Trial:
    """Batches at the range's cursor, as large as a run would make them; returns the last.

    Raises NoTrialError when their rows are locked, or one row takes too long already.
    """
    walk = walk_of(leaf)
    pace = Pace(options.batch_seconds)
    longest = options.batch_seconds * LONGEST
    trial: Trial | None = None
    why = ""
    for _ in range(TRIES):
        size = pace.size
        condition, last = next_batch(connection, walk, item, size)
        try:
            due, seconds = _time_batch(connection, backfill, leaf, condition, longest)
        except psycopg.errors.LockNotAvailable:
            why = "the first rows are locked by somebody else"
            break
        except psycopg.errors.QueryCanceled:
            why = f"a batch of {size:,} row(s) took longer than {longest * 1000:g} ms"
            pace.back_off()
            if trial or size == 1:
                break
            continue
        rows = _count(connection, leaf, condition) if last else size
        trial = Trial(rows=rows, due=due, seconds=seconds)
        if last or seconds * 2 > options.batch_seconds:
            break
        pace.record(size, seconds, updated=due)
    if trial is None:
        raise NoTrialError(why)
    return trial


def _count(connection: "psycopg.Connection[Any]", leaf: Leaf, condition: sql.Composed) -> int:
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM ONLY {} WHERE {}").format(leaf.identifier, condition)
    ).fetchone()
    return int(row[0]) if row else 0


def _time_batch(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    condition: sql.Composed,
    longest: float,
) -> tuple[int, float]:
    """Rows that it filled, and its seconds; raises QueryCanceled after `longest` seconds."""
    limit = sql.Literal(f"{max(1, round(longest * 1000))}ms")
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL lock_timeout = '10ms'")
        connection.execute(sql.SQL("SET LOCAL statement_timeout = {}").format(limit))
        begun = time.monotonic()
        changed = fill(connection, backfill, leaf, condition)
        seconds = time.monotonic() - begun
    return changed, seconds
