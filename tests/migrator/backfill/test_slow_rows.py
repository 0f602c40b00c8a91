"""Rows that take longer than a batch should are filled one by one."""

from dataclasses import replace

import pytest

from migrator.backfill import Backfill, RunOptions, run_backfill
from tests.migrator.backfill.slow_table import create_item, writes
from tests.migrator.conftest import Database

ROWS = 60
SLOW = Backfill(
    name="slow",
    table="item",
    set={"writes": "writes + 1 + length(pg_sleep(0.03)::text)"},
    where="writes = 0",
)
OPTIONS = RunOptions(workers=1)


def test_a_slow_row_keeps_no_other_locked(database: Database) -> None:
    create_item(database, ROWS)
    result = run_backfill(database.url, SLOW, options=OPTIONS)
    assert writes(database) == [(1, 1)]
    # All but the first batch, and what it takes to learn from it.
    assert result.batches > ROWS / 2


def test_a_run_that_was_cut_off_by_the_statement_timeout_gets_through(database: Database) -> None:
    create_item(database, ROWS)
    options = replace(OPTIONS, statement_timeout=0.1)
    result = run_backfill(database.url, SLOW, options=options)
    assert writes(database) == [(1, 1)]
    assert result.batches > ROWS / 2


@pytest.mark.parametrize("where", ["writes = 0", None])
def test_short_partitions_are_learnt_from(database: Database, where: str | None) -> None:
    database.execute(
        "CREATE TABLE item (id bigint PRIMARY KEY, writes int DEFAULT 0) PARTITION BY HASH (id);"
        + "".join(
            f"CREATE TABLE item_{number} PARTITION OF item"
            f" FOR VALUES WITH (MODULUS 10, REMAINDER {number});"
            for number in range(10)
        )
        + f"INSERT INTO item SELECT g FROM generate_series(1, {ROWS}) g"
    )
    result = run_backfill(database.url, replace(SLOW, where=where), options=OPTIONS)
    assert writes(database) == [(1, 1)]
    assert result.batches > ROWS / 2
