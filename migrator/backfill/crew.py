"""The worker threads of one pass."""

import queue
import threading
import time

from migrator.backfill.connection import connect
from migrator.backfill.definition import Backfill
from migrator.backfill.gate import Gate
from migrator.backfill.options import RunOptions
from migrator.backfill.state import Range
from migrator.backfill.target import Leaf
from migrator.backfill.worker import Worker


class Crew:
    """Starts a worker per connection; they share the ranges."""

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
        workers = [
            Worker(
                connect(database_url, name=backfill.name, role=f"worker {number}"),
                backfill,
                options,
                gate,
            )
            for number in range(1, min(options.workers_for(backfill), len(ranges)) + 1)
        ]
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
