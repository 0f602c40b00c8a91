"""One run at a time, which other processes pause, resume and cancel."""

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from migrator.backfill import (
    Backfill,
    BackfillBusyError,
    BackfillCancelledError,
    BackfillError,
    RunOptions,
    run_backfill,
)
from migrator.backfill import run as runs
from migrator.backfill.control import cancel, pause, resume
from migrator.backfill.overview import overview
from migrator.backfill.state import Progress, StateStore
from tests.migrator.backfill.slow_table import OPTIONS, ROWS, SLOW, StepIn, create_item, writes
from tests.migrator.conftest import Database

PLACE = f"{socket.gethostname().split('.')[0][:20]}:{os.getpid()}"


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection]:
    create_item(database)
    with database.connect() as connection:
        yield connection


def read(connection: psycopg.Connection) -> Progress:
    progress = StateStore(connection).read(SLOW.name)
    assert progress is not None
    return progress


def test_pause_holds_the_work_until_resume(
    database: Database, connection: psycopg.Connection
) -> None:
    seen: list[Progress] = []

    def when_paused(message: str) -> None:
        if message.startswith("paused"):
            seen.append(read(connection))
            assert f"it is run by process {PLACE}" in resume(connection, SLOW.name)

    reporter = StepIn(lambda: pause(connection, SLOW.name), when_paused)
    run_backfill(database.url, SLOW, options=OPTIONS, reporter=reporter)
    assert [progress.state for progress in seen] == ["paused"]
    assert [notice.split(";")[0] for notice in reporter.notices] == ["paused", "resumed"]
    assert writes(database) == [(1, 1)]
    assert read(connection).state == "done"


def test_a_pause_that_nobody_was_there_for_holds_the_next_run(
    database: Database, connection: psycopg.Connection
) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(press))
    assert "is paused; nobody runs it now" in pause(connection, SLOW.name)
    done = read(connection).updated
    held: list[int] = []

    def when_paused(message: str) -> None:
        if message.startswith("paused"):
            held.append(read(connection).updated)
            resume(connection, SLOW.name)

    reporter = StepIn(lambda: None, when_paused)
    run_backfill(database.url, SLOW, options=OPTIONS, reporter=reporter)
    assert held == [done]
    assert writes(database) == [(1, 1)]


def test_cancel_ends_the_run_and_keeps_what_is_done(
    database: Database, connection: psycopg.Connection
) -> None:
    reporter = StepIn(lambda: cancel(connection, SLOW.name))
    with pytest.raises(BackfillCancelledError, match="slow was cancelled"):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=reporter)
    progress = read(connection)
    assert progress.state == "cancelled"
    done = database.execute("SELECT sum(writes) FROM item")
    assert done == [(progress.updated,)]
    assert 0 < progress.updated < ROWS
    with pytest.raises(BackfillCancelledError, match="run --restart"):
        run_backfill(database.url, SLOW, options=OPTIONS)
    resume(connection, SLOW.name)
    run_backfill(database.url, SLOW, options=OPTIONS)
    assert writes(database) == [(1, 1)]


@pytest.mark.parametrize("request_", [cancel, pause])
def test_a_request_that_comes_after_the_last_row_is_void(
    database: Database,
    connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    request_: Callable[[psycopg.Connection, str], str],
) -> None:
    """The last count of a large table takes a while, and nothing looks for requests meanwhile."""
    count = runs.remaining

    def count_slowly(*arguments: Any) -> int:
        left = count(*arguments)
        if left == 0:
            request_(connection, SLOW.name)
        return left

    monkeypatch.setattr(runs, "remaining", count_slowly)
    run_backfill(database.url, SLOW)
    assert read(connection).state == "done"
    assert run_backfill(database.url, SLOW).updated == 0


def test_a_changed_definition_keeps_a_pause(
    database: Database, connection: psycopg.Connection
) -> None:
    first = Backfill(name="slow", table="item", set={"writes": "1"}, where="writes = 0")
    changed = replace(first, where="writes = 0 OR writes IS NULL")
    run_backfill(database.url, first)
    database.execute(
        "UPDATE item SET writes = 0;"
        "UPDATE migrator.migrator_backfill SET state = 'paused', request = 'pause'"
    )
    held: list[object] = []

    def when_paused(message: str) -> None:
        if message.startswith("paused"):
            held.append(writes(database))
            resume(connection, "slow")

    run_backfill(database.url, changed, reporter=StepIn(lambda: None, when_paused))
    assert held == [[(0, 0)]]
    assert writes(database) == [(1, 1)]


def test_restart_begins_with_the_first_row(database: Database) -> None:
    create_item(database, rows=100)
    run_backfill(database.url, SLOW)
    result = run_backfill(database.url, SLOW, options=RunOptions(restart=True))
    assert result.updated == 100
    assert writes(database) == [(2, 2)]


def test_a_second_run_is_refused_and_told_who_runs_it(
    database: Database, connection: psycopg.Connection
) -> None:
    refused: list[str] = []

    def run_again() -> None:
        with pytest.raises(BackfillBusyError) as caught:
            run_backfill(database.url, SLOW)
        refused.append(str(caught.value))

    run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(run_again))
    assert len(refused) == 1
    assert f"already being run by process {PLACE} (server process" in refused[0]
    assert writes(database) == [(1, 1)]


def test_ctrl_c_keeps_the_progress(database: Database, connection: psycopg.Connection) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(press))
    progress = read(connection)
    assert (progress.state, progress.error) == ("failed", "interrupted (KeyboardInterrupt)")
    result = run_backfill(database.url, SLOW, options=OPTIONS)
    assert result.updated == ROWS - progress.updated
    assert writes(database) == [(1, 1)]


def test_a_reader_that_is_gone_is_no_error_of_the_backfill(
    database: Database, connection: psycopg.Connection
) -> None:
    """As `run slow | head -1` ends it."""

    def close() -> None:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(close))
    assert read(connection).error == "interrupted (SystemExit)"


@pytest.mark.parametrize(("request_", "state"), [(pause, "paused"), (cancel, "cancelled")])
def test_a_request_in_force_shows_after_ctrl_c(
    database: Database,
    connection: psycopg.Connection,
    request_: Callable[[psycopg.Connection, str], str],
    state: str,
) -> None:
    def press() -> None:
        request_(connection, SLOW.name)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(press))
    (shown,) = overview(connection, {SLOW.name: SLOW})
    assert shown.state == state
    resume(connection, SLOW.name)
    (shown,) = overview(connection, {SLOW.name: SLOW})
    assert shown.state == "interrupted"


def test_a_changed_definition_does_not_go_on_from_the_old_cursor(
    database: Database, connection: psycopg.Connection
) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(press))
    changed = type(SLOW)(name=SLOW.name, table="item", set={"writes": "writes + 10"})
    with pytest.raises(BackfillError, match="was changed since it began"):
        run_backfill(database.url, changed)


def test_requests_for_a_backfill_that_never_began_say_so(connection: psycopg.Connection) -> None:
    for request in (pause, resume, cancel):
        with pytest.raises(BackfillError, match="never began in this database"):
            request(connection, SLOW.name)


def test_two_runs_that_got_past_the_lock_do_nothing_twice(
    database: Database, connection: psycopg.Connection
) -> None:
    def overtake() -> None:
        """As another run would: rows and cursor further on, in one transaction."""
        database.execute(
            "BEGIN; UPDATE item SET writes = 1 WHERE id <= 500 AND writes = 0;"
            "UPDATE migrator.migrator_backfill_range SET cursor = ARRAY['500']; COMMIT"
        )

    with pytest.raises(BackfillError, match="another process moved the cursor"):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(overtake))
    run_backfill(database.url, SLOW, options=OPTIONS)
    assert writes(database) == [(1, 1)]


@pytest.mark.parametrize("role", ["control", "worker 1"])
def test_a_lost_connection_ends_the_run_and_the_next_goes_on(
    database: Database, connection: psycopg.Connection, role: str
) -> None:
    def cut() -> None:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'backfill %%' AND application_name LIKE %s",
            (f"%{role} slow",),
        )

    with pytest.raises(BackfillError, match="the progress is kept, run it again"):
        run_backfill(database.url, SLOW, options=OPTIONS, reporter=StepIn(cut))
    run_backfill(database.url, SLOW, options=OPTIONS)
    assert writes(database) == [(1, 1)]


def test_an_error_of_the_database_is_told_in_its_words(
    database: Database, connection: psycopg.Connection
) -> None:
    wrong = type(SLOW)(name="wrong", table="item", set={"writes": "no_such_column"})
    message = r'column "no_such_column" does not exist, in rows of public\.item with \(id\) .*up to'
    with pytest.raises(BackfillError, match=message):
        run_backfill(database.url, wrong)


def test_an_error_that_another_run_would_meet_again_names_its_rows(
    database: Database, connection: psycopg.Connection
) -> None:
    wrong = Backfill(name="wrong", table="item", set={"writes": "1 / (id - 300)"})
    with pytest.raises(BackfillError) as caught:
        run_backfill(database.url, wrong, options=OPTIONS)
    told = re.fullmatch(
        r"backfill wrong: division by zero, in rows of public\.item with \(id\)"
        r" after \((\d+)\) up to \((\d+)\); the progress is kept",
        str(caught.value),
    )
    assert told is not None, caught.value
    assert int(told[1]) < 300 <= int(told[2])


def test_two_backfills_may_begin_at_the_same_time(database: Database) -> None:
    create_item(database)
    names = [f"one_of_{number}" for number in range(4)]
    threads = [
        threading.Thread(
            target=run_backfill,
            args=(database.url, type(SLOW)(name=name, table="item", set={"name": f"'{name}'"})),
        )
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = database.execute(
        "SELECT name FROM migrator.migrator_backfill WHERE state = 'done' ORDER BY name"
    )
    assert done == [(name,) for name in names]
