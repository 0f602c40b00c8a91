"""Whether the application is writing to the tables that a backfill walks."""

import time
from collections.abc import Collection
from typing import Any

import psycopg

# Short writes are seen by chance only, so one look takes several samples, and a writer that was
# seen counts for a while.
SAMPLES = 12
BETWEEN_SAMPLES_SECONDS = 0.003
REMEMBERED_SECONDS = 2.0

WRITERS = """
SELECT EXISTS (
    SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'relation' AND l.relation = ANY (%(tables)s::oid[])
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.mode IN ('RowShareLock', 'RowExclusiveLock')
      AND a.application_name NOT LIKE 'backfill %%'
)
"""


class Neighbours:
    """Looks for writers now and then, over the run's control connection."""

    def __init__(self, connection: "psycopg.Connection[Any]", tables: Collection[int]) -> None:
        self.connection = connection
        self.tables = list(tables)
        self._seen_at: float | None = None

    def writing(self) -> bool:
        """Whether anyone writes, or did a moment ago."""
        for _ in range(SAMPLES):
            if self._sample():
                self._seen_at = time.monotonic()
                return True
            time.sleep(BETWEEN_SAMPLES_SECONDS)
        return self._seen_at is not None and time.monotonic() - self._seen_at < REMEMBERED_SECONDS

    def _sample(self) -> bool:
        row = self.connection.execute(WRITERS, {"tables": self.tables}).fetchone()
        return bool(row and row[0])
