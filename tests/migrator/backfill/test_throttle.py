"""A run slows down as a number rises, and stops when it is critical."""

import threading
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest

from migrator.backfill import BackfillError, run_backfill
from migrator.backfill.throttle import (
    QuerySource,
    Sample,
    Throttle,
    WalRate,
    active_sessions,
    replication_lag,
    sample_throttles,
)
from migrator.backfill.throttle_option import parse_query, parse_throttle
from tests.migrator.backfill.slow_table import OPTIONS, ROWS, SLOW, StepIn, create_item, writes
from tests.migrator.conftest import Database


def throttle(query: str) -> Throttle:
    return Throttle(source=QuerySource(query=query), warn=10, critical=20)


@pytest.mark.parametrize(("value", "level"), [(0, 0), (10, 0), (12.5, 0.25), (20, 1), (99, 1)])
def test_level_rises_from_warn_to_critical(value: float, level: float) -> None:
    assert throttle("SELECT 1").level(value) == level


@pytest.mark.parametrize(("level", "pause"), [(0, 0), (0.5, 1), (0.75, 3), (0.9, 9)])
def test_the_share_of_time_spent_waiting_is_the_level(level: float, pause: float) -> None:
    assert Sample(level=level).pause_after(1.0) == pytest.approx(pause)


def test_the_strictest_throttle_decides(database: Database) -> None:
    with database.connect() as connection:
        sample = sample_throttles(
            connection, (throttle("SELECT 11"), throttle("SELECT 15"), throttle("SELECT 3"))
        )
    assert sample.level == 0.5
    assert sample.text == "query 15 (warn 10, critical 20)"


def test_a_critical_level_stops_the_run_and_keeps_its_progress(database: Database) -> None:
    create_item(database)
    database.execute("CREATE TABLE load AS SELECT 0 AS level")
    options = replace(OPTIONS, throttles=(throttle("SELECT level FROM load"),))
    reporter = StepIn(lambda: database.execute("UPDATE load SET level = 21"))
    with pytest.raises(BackfillError, match=r"stopped: query 21 \(warn 10, critical 20\)"):
        run_backfill(database.url, SLOW, options=options, reporter=reporter)
    state = database.execute("SELECT state FROM migrator.migrator_backfill")
    assert state == [("failed",)]
    database.execute("UPDATE load SET level = 0")
    result = run_backfill(database.url, SLOW, options=options)
    assert 0 < result.updated < ROWS
    assert writes(database) == [(1, 1)]


def test_between_warn_and_critical_it_is_slower_and_says_why(database: Database) -> None:
    create_item(database)
    options = replace(OPTIONS, throttles=(throttle("SELECT 15"),))
    reporter = StepIn(lambda: None)
    result = run_backfill(database.url, SLOW, options=options, reporter=reporter)
    # Half of the time is waited, whatever the machine's speed.
    assert result.seconds > result.batches * result.batch_p50 * 1.5
    assert {snapshot.throttle for snapshot in reporter.snapshots} == {
        "query 15 (warn 10, critical 20)"
    }


def test_the_server_is_measured(database: Database) -> None:
    with database.connect() as connection, database.connect(name="app") as other:
        wal = WalRate()
        assert wal.measure(connection) == 0
        other.execute("CREATE TABLE filler AS SELECT generate_series(1, 10000) AS n")
        assert wal.measure(connection) > 10_000
        assert replication_lag().measure(connection) == 0


def test_sessions_of_other_programs_are_counted(database: Database) -> None:
    def sleep() -> None:
        with database.connect(name="app") as other, suppress(psycopg.errors.QueryCanceled):
            other.execute("SELECT pg_sleep(60)")

    with database.connect() as connection:
        idle = active_sessions().measure(connection)
        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        while active_sessions().measure(connection) <= idle:
            assert sleeper.is_alive()
        connection.execute(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'app'"
        )
        sleeper.join()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("load=1:2", "one of replication-lag, active-sessions, wal-rate"),
        ("wal-rate=1", "'' is not a number"),
        ("wal-rate=5:2", r"warn \(5\) must be below critical \(2\)"),
    ],
)
def test_a_faulty_option_shows_its_form(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_throttle(text)


def test_query_option() -> None:
    parsed = parse_query("1:2.5:SELECT a::int FROM t")
    assert isinstance(parsed.source, QuerySource)
    assert (parsed.warn, parsed.critical) == (1, 2.5)
    assert parsed.source.query == "SELECT a::int FROM t"


def test_a_query_that_returns_no_number_is_named(database: Database) -> None:
    with (
        database.connect() as connection,
        pytest.raises(BackfillError, match=r"throttle query .* not a number"),
    ):
        QuerySource(query="SELECT 'much'").measure(connection)
