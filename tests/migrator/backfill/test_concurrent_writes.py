"""The application goes on writing while a backfill runs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import psycopg
import pytest
from psycopg import sql

from migrator.backfill import (
    Backfill,
    BackfillError,
    Batch,
    RunOptions,
    run_backfill,
    sync_trigger,
)
from migrator.backfill.neighbours import Neighbours, Own
from tests.migrator.backfill.slow_table import StepIn
from tests.migrator.conftest import Database

ROWS = 6_000
EMAIL = "lower(name) || '@' || domain"
FILL = Backfill(name="fill_email", table="person", set={"email": EMAIL}, where="email IS NULL")
# Without rests the tests take a third of the time.
OPTIONS = RunOptions(batch_seconds=0.02, rest=0, lock_timeout=0.02)
SYNC = sync_trigger("person", set={"email": EMAIL})


@pytest.fixture
def person(database: Database) -> Database:
    database.execute(
        "CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
        " name text NOT NULL, domain text NOT NULL DEFAULT 'example.com', email text,"
        " visits int NOT NULL DEFAULT 0);"
        f"INSERT INTO person (name) SELECT 'N' || g FROM generate_series(1, {ROWS}) g"
    )
    return database


@contextmanager
def repeated(database: Database, step: Callable[[psycopg.Connection, int], None]) -> Iterator[None]:
    """Runs a step over and over in a thread; its first error is raised at the end."""
    stop = threading.Event()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with database.connect(name="application") as connection:
                number = 0
                while not stop.is_set():
                    step(connection, number)
                    number += 1
        except psycopg.Error as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert not errors


def old_release(connection: psycopg.Connection, number: int) -> None:
    """Knows nothing of email: inserts, renames and counts."""
    connection.execute("INSERT INTO person (name) VALUES (%s)", (f"New{number}",))
    key = number * 37 % ROWS + 1
    connection.execute("UPDATE person SET name = name || 'X' WHERE id = %s", (key,))
    connection.execute("UPDATE person SET visits = visits + 1 WHERE id = %s", (key,))


def new_release(connection: psycopg.Connection, number: int) -> None:
    """Writes the email itself."""
    connection.execute(
        "UPDATE person SET email = %s WHERE id = %s", (f"own{number}@new", number * 41 % ROWS + 1)
    )


def test_old_and_new_release_write_meanwhile(person: Database) -> None:
    for statement in SYNC.create:
        person.execute(statement)
    with repeated(person, old_release), repeated(person, new_release):
        result = run_backfill(person.url, FILL, options=OPTIONS)
    assert result.remaining == 0
    assert result.passes == 1
    wrong = person.execute(
        f"SELECT count(*) FROM person WHERE email IS NULL"
        f" OR (email NOT LIKE 'own%' AND email <> {EMAIL})"
    )
    assert wrong == [(0,)]
    assert person.execute("SELECT count(*) > 0 FROM person WHERE email LIKE 'own%'") == [(True,)]
    for statement in SYNC.drop:
        person.execute(statement)
    left = person.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
    assert left == [(0,)]


def test_rows_that_come_in_behind_the_cursor_are_found_by_another_pass(person: Database) -> None:
    def insert_behind() -> None:
        person.execute(
            "INSERT INTO person (id, name) OVERRIDING SYSTEM VALUE VALUES (-5, 'Late'), (-4, 'L')"
        )

    reporter = StepIn(insert_behind)
    slow = Backfill(
        name="slow", table="person", where="email IS NULL AND id <= 500",
        set={"email": f"{EMAIL} || left(pg_sleep(0.001)::text, 0)"},
    )  # fmt: skip
    result = run_backfill(person.url, slow, options=OPTIONS, reporter=reporter)
    assert result.passes == 2
    assert reporter.notices == ["2 rows came in behind the cursor; another pass"]
    assert result.updated == 502


def test_a_result_that_leaves_rows_due_is_an_error(person: Database) -> None:
    useless = Backfill(
        name="useless", table="person", set={"visits": "visits + 1"}, where="email IS NULL"
    )
    with pytest.raises(BackfillError, match=r"6000 rows of person still need it after 2 passes"):
        run_backfill(person.url, useless, options=RunOptions(passes=2))


def test_a_locked_row_is_waited_for_without_holding_others(person: Database) -> None:
    with person.connect(autocommit=False) as holder:
        holder.execute("UPDATE person SET visits = 1 WHERE id = 3000")
        reporter = StepIn(lambda: None)
        runner = threading.Thread(
            target=run_backfill,
            args=(person.url, FILL),
            kwargs={
                "options": RunOptions(lock_timeout=0.005, attempts=10_000),
                "reporter": reporter,
            },
        )
        runner.start()
        while not any(snapshot.retries > 5 for snapshot in reporter.snapshots):
            assert runner.is_alive()
            runner.join(0.01)
        # With the batch down to the one row, its neighbours are free for the application.
        with person.connect() as application:
            application.execute("SET lock_timeout = '1s'")
            application.execute("UPDATE person SET visits = 2 WHERE id <> 3000 AND id < 3010")
        holder.commit()
        runner.join()
    assert person.execute("SELECT count(*) FROM person WHERE email IS NULL") == [(0,)]


def test_a_row_locked_for_ever_ends_the_run_with_its_place(person: Database) -> None:
    with person.connect(autocommit=False) as holder:
        holder.execute("UPDATE person SET visits = 1 WHERE id = 3000")
        with pytest.raises(BackfillError, match=r"gave up after 4 attempts .* public\.person"):
            run_backfill(person.url, FILL, options=RunOptions(lock_timeout=0.005, attempts=4))
        holder.rollback()
    result = run_backfill(person.url, FILL)
    assert 0 < result.updated < ROWS
    assert person.execute("SELECT count(*) FROM person WHERE email IS NULL") == [(0,)]


def test_deadlocks_are_retried(person: Database) -> None:
    def backwards(connection: psycopg.Connection, number: int) -> None:
        """Locks rows in the order opposite to the backfill's."""
        first = number * 13 % (ROWS - 40) + 1
        try:
            with connection.transaction():
                for key in range(first + 40, first, -20):
                    connection.execute("UPDATE person SET visits = 1 WHERE id = %s", (key,))
        except psycopg.errors.DeadlockDetected:
            pass

    options = RunOptions(batch_seconds=0.02, lock_timeout=2)
    with repeated(person, backwards):
        result = run_backfill(person.url, FILL, options=options)
    assert result.remaining == 0


def test_an_open_transaction_that_writes_is_seen(person: Database) -> None:
    with person.connect() as connection, person.connect(autocommit=False) as application:
        neighbours = Neighbours(connection, [oid(connection)])
        assert not neighbours.writing()
        application.execute("SELECT count(*) FROM person")
        assert not neighbours.writing()
        application.execute("UPDATE person SET visits = 1 WHERE id = 1")
        assert neighbours.writing()


def test_short_writes_are_seen_without_being_met_and_remembered(person: Database) -> None:
    with person.connect() as connection:
        neighbours = Neighbours(connection, [oid(connection)])
        assert not neighbours.writing()
        person.execute("UPDATE person SET visits = 1 WHERE id = 1")
        assert neighbours.writing()
        assert neighbours.writing()


def test_what_the_backfill_itself_writes_is_nobody_elses(person: Database) -> None:
    own = Own()
    with person.connect() as connection:
        neighbours = Neighbours(connection, [oid(connection)], lambda: own)
        assert not neighbours.writing()
        own = Own(begun=3, ended=2)
        for _ in range(3):
            person.execute("UPDATE person SET visits = 1 WHERE id = 1")
        assert not neighbours.writing()
        person.execute("UPDATE person SET visits = 1 WHERE id = 1")
        assert neighbours.writing()


def oid(connection: psycopg.Connection) -> int:
    """The table's."""
    (row,) = connection.execute("SELECT 'person'::regclass::oid").fetchall()
    return row[0]


@pytest.mark.parametrize(("written", "most_at_once"), [(False, 2), (True, 1)])
def test_one_worker_after_the_other_goes_on_while_others_write(
    person: Database, *, written: bool, most_at_once: int
) -> None:
    counting = threading.Lock()
    at_work, seen = 0, set[int]()
    workers: list[int] = []

    def fill_slowly(connection: psycopg.Connection, batch: Batch) -> int:
        nonlocal at_work
        with counting:
            at_work += 1
            seen.add(at_work)
            workers.append(threading.get_ident())
        time.sleep(0.02)
        with counting:
            at_work -= 1
        statement = sql.SQL("UPDATE {} SET email = 'x' WHERE {}")
        return connection.execute(statement.format(batch.table, batch.condition)).rowcount

    backfill = Backfill(name="slowly", table="person", batch=fill_slowly, where="email IS NULL")
    with person.connect(autocommit=False) as application:
        if written:
            application.execute("INSERT INTO person (name, visits) VALUES ('open', 0)")
        # The open transaction's row is not there yet for the backfill's count.
        # Batches that may take longer than they sleep: else they shrink to a row on a busy machine.
        options = RunOptions(workers=2, batch_seconds=0.2)
        result = run_backfill(person.url, backfill, options=options)
    assert result.remaining == 0
    assert max(seen) == most_at_once
    assert len(set(workers)) == 2
    handed_over = sum(before != after for before, after in pairwise(workers))
    assert handed_over == 1 or not written


@pytest.mark.parametrize(
    ("written", "rest", "is_long"), [(True, 2.0, True), (True, 0.0, False), (False, 2.0, False)]
)
def test_the_server_has_a_rest_after_each_batch_while_others_write(
    person: Database, *, written: bool, rest: float, is_long: bool
) -> None:
    batch_seconds = 0.02
    begun: list[float] = []
    ended: list[float] = []

    def fill_slowly(connection: psycopg.Connection, batch: Batch) -> int:
        begun.append(time.monotonic())
        time.sleep(batch_seconds)
        statement = sql.SQL("UPDATE {} SET email = 'x' WHERE {}")
        filled = connection.execute(statement.format(batch.table, batch.condition)).rowcount
        ended.append(time.monotonic())
        return filled

    due = "email IS NULL AND id <= 1000"
    backfill = Backfill(name="slowly", table="person", batch=fill_slowly, where=due)
    with person.connect(autocommit=False) as application:
        if written:
            application.execute("INSERT INTO person (name, visits) VALUES ('open', 0)")
        reporter = StepIn(lambda: None)
        run_backfill(person.url, backfill, options=RunOptions(rest=rest), reporter=reporter)
    assert written in {snapshot.beside_writers for snapshot in reporter.snapshots}
    rests = [start - end for end, start in zip(ended, begun[1:], strict=False)]
    assert len(rests) > 3
    assert (min(rests) >= 2 * batch_seconds) is is_long
