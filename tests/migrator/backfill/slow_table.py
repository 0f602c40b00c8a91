"""A table and a backfill that take long enough for a test to step in."""

from collections.abc import Callable
from dataclasses import dataclass, field

from migrator.backfill import Backfill, Result, RunOptions, Snapshot
from tests.migrator.conftest import Database

ROWS = 600
# About a millisecond a row.
SLOW = Backfill(
    name="slow", table="item", set={"writes": "writes + 1 + length(pg_sleep(0.001)::text)"}
)
# One worker: with more, the last batch may have begun by the time that a test steps in.
OPTIONS = RunOptions(batch_seconds=0.02, workers=1)


def create_item(database: Database, rows: int = ROWS) -> None:
    """The table `item` (id, name, writes)."""
    database.execute(
        "CREATE TABLE item (id bigint PRIMARY KEY, name text, writes int NOT NULL DEFAULT 0);"
        f"INSERT INTO item SELECT g, 'n' || g FROM generate_series(1, {rows}) g"
    )


def writes(database: Database) -> list[tuple[object, ...]]:
    """The fewest and the most writes that any row has seen."""
    return database.execute("SELECT min(writes), max(writes) FROM item")


@dataclass
class StepIn:
    """A reporter that calls a function at the first progress, and one at each notice."""

    at_start: Callable[[], object]
    at_notice: Callable[[str], object] = lambda message: None
    snapshots: list[Snapshot] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    result: Result | None = None

    def progress(self, snapshot: Snapshot) -> None:
        if snapshot.batches and not self.snapshots:
            self.at_start()
        if snapshot.batches:
            self.snapshots.append(snapshot)

    def notice(self, message: str) -> None:
        self.notices.append(message)
        self.at_notice(message)

    def finished(self, result: Result) -> None:
        self.result = result
