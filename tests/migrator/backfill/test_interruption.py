"""kill -9 at any moment: no row is missed and none is done twice."""

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess

import psycopg
import pytest

from migrator.backfill import Backfill, RunOptions, run_backfill
from tests.migrator.backfill.slow_table import create_item, writes
from tests.migrator.conftest import Database

ROWS = 60_000
KILLS = 12
ADD_ONE = Backfill(name="add_one", table="item", set={"writes": "writes + 1"})
DEADLINE_SECONDS = 120


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {what}"
        time.sleep(0.001)


def start(database: Database, options: RunOptions) -> ForkProcess:
    """A process of its own that runs the backfill; its exit code is 0 once it is done."""

    def work() -> None:
        run_backfill(database.url, ADD_ONE, options=options)
        os._exit(0)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    return process


@pytest.mark.parametrize("workers", [1, 3])
def test_killed_again_and_again(database: Database, workers: int) -> None:
    create_item(database, ROWS)
    many_batches = RunOptions(batch_seconds=0.0005, workers=workers)
    with database.connect() as connection:
        killed = 0
        for kill in range(KILLS):
            wanted = batches(connection) + kill
            process = start(database, many_batches)
            until(
                lambda: batches(connection) > wanted or not process.is_alive(),  # noqa: B023
                f"{wanted} batches",
            )
            killed += process.is_alive()
            process.kill()
            process.join()
            until(lambda: not sessions(connection), "the killed run's sessions to end")
            check_cursor(connection)
        last = start(database, RunOptions(workers=workers))
        last.join(DEADLINE_SECONDS)
    assert killed > 2
    assert last.exitcode == 0
    assert writes(database) == [(1, 1)]


def batches(connection: psycopg.Connection) -> int:
    exists = connection.execute(
        "SELECT to_regclass('migrator.migrator_backfill_range') IS NOT NULL"
    ).fetchone()
    if exists != (True,):
        return 0
    row = connection.execute(
        "SELECT coalesce(sum(batches), 0)::int FROM migrator.migrator_backfill_range"
    ).fetchone()
    return row[0] if row else 0


def sessions(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'backfill %'"
    ).fetchone()
    return row != (0,)


def check_cursor(connection: psycopg.Connection) -> None:
    """The rows done are exactly those that the cursors say."""
    row = connection.execute(
        """
        SELECT (SELECT sum(writes) FROM item),
               (SELECT count(*) FROM item WHERE writes > 1),
               (SELECT sum(updated) FROM migrator.migrator_backfill_range),
               (SELECT count(*) FROM item i JOIN migrator.migrator_backfill_range r
                ON (r.after IS NULL OR i.id > r.after[1]::bigint) AND i.id <= r.cursor[1]::bigint
                WHERE i.writes = 0)
        """
    ).fetchone()
    assert row is not None
    done, twice, counted, missed = row
    assert (twice, missed) == (0, 0)
    assert done == counted
