"""A run that goes on after the table, its keys or the definition changed."""

from dataclasses import replace
from typing import Any

import pytest

from migrator.backfill import Backfill, BackfillError, RunOptions, remaining, run_backfill
from migrator.backfill.state import StateStore
from tests.migrator.backfill.slow_table import StepIn
from tests.migrator.conftest import Database

ROWS = 400
OPTIONS = RunOptions(batch_seconds=0.02, workers=1)
# About a millisecond a row.
ONE_MORE = "writes + 1 + length(pg_sleep(0.001)::text)"
WITHOUT_WHERE = Backfill(name="count", table="item", set={"writes": ONE_MORE})
WITH_WHERE = Backfill(name="count", table="item", set={"writes": ONE_MORE}, where="writes = 0")


def stop_midway(database: Database, backfill: Backfill) -> None:
    """Runs the backfill and interrupts it after its first batch or soon after."""

    def press() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_backfill(database.url, backfill, options=OPTIONS, reporter=StepIn(press))
    (done,) = database.execute("SELECT count(*) FROM item WHERE writes > 0")[0]
    assert isinstance(done, int)
    assert 0 < done < ROWS


def counts(database: Database) -> list[tuple[object, ...]]:
    return database.execute("SELECT min(writes), max(writes) FROM item")


def test_another_key_that_is_as_good_does_not_take_over(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (a int NOT NULL UNIQUE, b int NOT NULL UNIQUE, writes int DEFAULT 0);"
        f"INSERT INTO item SELECT g, {ROWS + 1} - g FROM generate_series(1, {ROWS}) g"
    )
    stop_midway(database, WITHOUT_WHERE)
    # The index is a newer one than that of b now.
    database.execute("REINDEX INDEX CONCURRENTLY item_a_key")
    with database.connect() as connection:
        (undone,) = database.execute("SELECT count(*) FROM item WHERE writes = 0")[0]
        assert remaining(connection, WITHOUT_WHERE) == undone
    run_backfill(database.url, WITHOUT_WHERE, options=OPTIONS)
    assert counts(database) == [(1, 1)]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        (
            "PRIMARY KEY (id)",
            "ALTER TABLE item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY (tenant, id)",
        ),
        (
            "CHECK (true)",
            "ALTER TABLE item ADD code uuid NOT NULL DEFAULT gen_random_uuid(),"
            " ADD PRIMARY KEY (code)",
        ),
        ("PRIMARY KEY (id)", "ALTER TABLE item DROP CONSTRAINT item_pkey"),
    ],
)
def test_with_where_a_new_key_is_no_hindrance(database: Database, key: str, change: str) -> None:
    database.execute(
        f"CREATE TABLE item (id int, tenant int DEFAULT 1, writes int DEFAULT 0, {key});"
        f"INSERT INTO item (id) SELECT g FROM generate_series(1, {ROWS}) g"
    )
    stop_midway(database, WITH_WHERE)
    database.execute(change)
    result = run_backfill(database.url, WITH_WHERE, options=OPTIONS)
    assert result.remaining == 0
    assert counts(database) == [(1, 1)]


def test_without_where_a_lost_key_is_an_end(database: Database) -> None:
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, tenant int DEFAULT 1, writes int DEFAULT 0);"
        f"INSERT INTO item (id) SELECT g FROM generate_series(1, {ROWS}) g"
    )
    stop_midway(database, WITHOUT_WHERE)
    database.execute(
        "ALTER TABLE item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY (tenant, id);"
        "UPDATE item SET writes = 0"
    )
    with database.connect() as connection:
        assert remaining(connection, WITHOUT_WHERE) == ROWS
    with pytest.raises(BackfillError, match=r"item has lost the key .* --restart"):
        run_backfill(database.url, WITHOUT_WHERE, options=OPTIONS)
    run_backfill(database.url, WITHOUT_WHERE, options=RunOptions(restart=True))
    assert counts(database) == [(1, 1)]


def test_the_former_versions_progress_is_gone_on_with(database: Database) -> None:
    """It kept the cursors without the names of their columns."""
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, writes int DEFAULT 0);"
        f"INSERT INTO item (id) SELECT g FROM generate_series(1, {ROWS}) g"
    )
    stop_midway(database, WITHOUT_WHERE)
    database.execute(
        "ALTER TABLE migrator.migrator_backfill_range DROP COLUMN key, DROP COLUMN columns"
    )
    with database.connect() as connection:
        assert 0 < remaining(connection, WITHOUT_WHERE) < ROWS
    run_backfill(database.url, WITHOUT_WHERE, options=OPTIONS)
    assert counts(database) == [(1, 1)]


@pytest.mark.parametrize(
    "work",
    [{"set": {"n": "id"}}, {"function": lambda rows: [{"n": row["id"]} for row in rows]}],
    ids=["set", "function"],
)
def test_without_where_a_column_that_is_made_anew_is_not_taken_for_filled(
    database: Database, work: dict[str, Any]
) -> None:
    """As by a downgrade and another upgrade."""
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);"
        "CREATE TABLE item_1 (other int, n int, id int PRIMARY KEY);"
        "ALTER TABLE item_1 DROP COLUMN other;"
        "ALTER TABLE item ATTACH PARTITION item_1 FOR VALUES FROM (0) TO (99);"
        "INSERT INTO item (id) SELECT generate_series(1, 9)"
    )
    backfill = Backfill(name="n", table="item", **work)
    run_backfill(database.url, backfill)
    database.execute("ALTER TABLE item ADD COLUMN other int; ALTER TABLE item ALTER n TYPE bigint")
    database.execute("ALTER TABLE item DROP COLUMN other; ALTER TABLE item ADD COLUMN other int")
    with database.connect() as connection:
        assert remaining(connection, backfill) == 0
        connection.execute("ALTER TABLE item DROP COLUMN n; ALTER TABLE item ADD COLUMN n int")
        assert remaining(connection, backfill) == 9
    with pytest.raises(BackfillError, match=r"another column n, dropped or made anew .* --restart"):
        run_backfill(database.url, backfill)
    run_backfill(database.url, backfill, options=RunOptions(restart=True))
    assert database.execute("SELECT count(*) FROM item WHERE n = id") == [(9,)]


@pytest.mark.parametrize("backfill", [WITHOUT_WHERE, WITH_WHERE], ids=["without where", "where"])
def test_a_partition_that_comes_back_is_not_taken_for_done(
    database: Database, backfill: Backfill
) -> None:
    bounds = f"FOR VALUES FROM ({ROWS}) TO ({ROWS + 100})"
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, writes int DEFAULT 0) PARTITION BY RANGE (id);"
        f"CREATE TABLE item_1 PARTITION OF item FOR VALUES FROM (0) TO ({ROWS});"
        f"CREATE TABLE item_2 PARTITION OF item {bounds};"
        f"INSERT INTO item (id) SELECT generate_series(1, {ROWS + 10})"
    )
    stop_midway(database, backfill)
    database.execute("ALTER TABLE item DETACH PARTITION item_2")
    run_backfill(database.url, backfill, options=OPTIONS)
    assert counts(database) == [(1, 1)]
    database.execute(f"ALTER TABLE item ATTACH PARTITION item_2 {bounds}")
    with database.connect() as connection:
        assert remaining(connection, backfill) == 11
    run_backfill(database.url, backfill, options=OPTIONS)
    assert counts(database) == [(1, 1)]


@pytest.mark.parametrize("definition", ["cents*100", "cents * 10"])
def test_without_where_what_is_done_is_not_done_again_because_its_text_changed(
    database: Database, definition: str
) -> None:
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, cents int); INSERT INTO item VALUES (1, 5)"
    )
    backfill = Backfill(name="to_cents", table="item", set={"cents": "cents * 100"})
    changed = replace(backfill, set={"cents": definition})
    run_backfill(database.url, backfill)
    with pytest.raises(BackfillError, match=r"to_cents was changed since .* --restart"):
        run_backfill(database.url, changed)
    assert database.execute("SELECT cents FROM item") == [(500,)]
    run_backfill(database.url, backfill)
    assert database.execute("SELECT cents FROM item") == [(500,)]


def make_due_again(database: Database) -> None:
    """A table that was filled, and whose rows then all need it once more."""
    database.execute(
        "CREATE TABLE item (id int PRIMARY KEY, writes int DEFAULT 0);"
        f"INSERT INTO item SELECT g FROM generate_series(1, {ROWS}) g"
    )
    run_backfill(database.url, WITH_WHERE, options=OPTIONS)
    database.execute("UPDATE item SET writes = 0")


def test_rows_that_are_due_again_are_walked_from_nought(database: Database) -> None:
    make_due_again(database)
    reporter = StepIn(lambda: None)
    run_backfill(database.url, WITH_WHERE, options=OPTIONS, reporter=reporter)
    first, last = reporter.snapshots[0], reporter.snapshots[-1]
    assert first.scanned < last.scanned < ROWS
    assert first.eta_seconds


def test_a_later_pass_that_is_gone_on_with_shows_how_far_it_is(database: Database) -> None:
    make_due_again(database)
    stop_midway(database, WITH_WHERE)
    (done,) = database.execute("SELECT count(*) FROM item WHERE writes > 0")[0]
    assert isinstance(done, int)
    with database.connect() as connection:
        progress = StateStore(connection).read(WITH_WHERE.name)
    assert progress is not None
    assert progress.scanned_in_pass == done
    reporter = StepIn(lambda: None)
    run_backfill(database.url, WITH_WHERE, options=OPTIONS, reporter=reporter)
    assert done < reporter.snapshots[0].scanned < ROWS
