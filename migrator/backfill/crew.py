"""The worker threads of one pass."""

import queue
import threading
import time
from contextlib import ExitStack
from typing import Any

import psycopg

from migrator.backfill.connection import connect
from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillError
from migrator.backfill.gate import Gate
from migrator.backfill.options import DEFAULT_WORKERS, RunOptions
from migrator.backfill.state import Range
from migrator.backfill.target import Leaf
from migrator.backfill.worker import Worker

# Sessions of all databases; who may not see what they do still sees that they are there.
FREE = """
SELECT current_setting('max_connections')::int
     - current_setting('superuser_reserved_connections')::int
     - coalesce(current_setting('reserved_connections', true)::int, 0)
     - (SELECT count(*)::int FROM pg_stat_activity WHERE datid IS NOT NULL)
"""
# Of the connections that are free, this part is left to others.
LEFT_FREE = 0.5


class Crew:
    """Starts a worker per connection; they share the ranges.

    Raises BackfillError for more workers than the server has connections to spare.
    """

    def __init__(
        self,
        database_url: str,
        backfill: Backfill,
        options: RunOptions,
        gate: Gate,
        *,
        ranges: list[Range],
        leaves: dict[int, Leaf],
    ) -> None:
        waiting: queue.SimpleQueue[Range] = queue.SimpleQueue()
        for item in ranges:
            waiting.put(item)
        number = min(options.workers_for(backfill), len(ranges))
        with ExitStack() as opened:  # closes them where not all can be had
            workers: list[Worker] = []
            for place in range(1, number + 1):
                connection = connect(database_url, name=backfill.name, role=f"worker {place}")
                opened.callback(connection.close)
                if place == 1:
                    _check_free(connection, backfill, number)
                workers.append(Worker(connection, backfill, options, gate))
            opened.pop_all()
        self._threads = [
            threading.Thread(target=worker.run, args=(waiting, leaves), daemon=True)
            for worker in workers
        ]
        for thread in self._threads:
            thread.start()

    def working(self, wait_seconds: float) -> bool:
        """Whether any worker is still at it, after waiting at most that long for the end."""
        until = time.monotonic() + wait_seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Waits for all workers; each ends after its current batch."""
        for thread in self._threads:
            thread.join()


def _check_free(connection: "psycopg.Connection[Any]", backfill: Backfill, workers: int) -> None:
    """Refuses workers that would take the connections of others; one has its own already."""
    if workers <= DEFAULT_WORKERS:
        return
    row = connection.execute(FREE).fetchone()
    free = row[0] + 1 if row else 0
    most = max(DEFAULT_WORKERS, int(free * (1 - LEFT_FREE)))
    if workers > most:
        raise BackfillError(
            f"backfill {backfill.name}: {workers} workers are too many for this server: of its "
            f"connections {free} are free, and half of them are left to others; "
            f"use --workers {most} or fewer"
        )
