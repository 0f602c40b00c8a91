"""Tables without a key, walked by their pages."""

import pytest

from migrator.backfill import Backfill, RunOptions, run_backfill
from migrator.backfill.blocks import BlockWalk
from migrator.backfill.state import StateStore
from migrator.backfill.target import find_leaves
from tests.migrator.conftest import Database

ROWS = 40_000
FILL = Backfill(name="fill_item", table="item", set={"writes": "1"}, where="writes = 0")


@pytest.fixture
def item(database: Database) -> Database:
    """A table whose first half was deleted, and vacuumed."""
    database.execute(
        "CREATE TABLE item (id bigint, writes int) WITH (autovacuum_enabled = false);"
        f"INSERT INTO item SELECT g, 0 FROM generate_series(1, {2 * ROWS}) g;"
        f"DELETE FROM item WHERE id <= {ROWS}"
    )
    database.execute("VACUUM item")
    return database


def test_empty_pages_at_the_front_do_not_make_the_batches_long(item: Database) -> None:
    with item.connect() as connection:
        (leaf,) = find_leaves(connection, FILL)
        walk = BlockWalk(leaf)
        last = walk.last(connection)
        assert last is not None
        after = None
        sizes: list[int] = []
        while after != last:
            upto = walk.step(connection, after, last, 500) or last
            condition = walk.condition(after, upto).as_string(connection)
            ((rows,),) = item.execute(f"SELECT count(*) FROM item WHERE {condition}")
            assert isinstance(rows, int)
            sizes.append(rows)
            after = upto
    assert sum(sizes) == ROWS
    assert max(sizes) < 1_000


def test_the_rows_passed_are_those_there_are(item: Database) -> None:
    result = run_backfill(item.url, FILL, options=RunOptions(workers=1))
    assert result.updated == ROWS
    assert ROWS * 0.8 < result.scanned < ROWS * 1.2
    with item.connect() as connection:
        progress = StateStore(connection).read(FILL.name)
    assert progress is not None
    assert ROWS * 0.8 < progress.scanned < ROWS * 1.2
