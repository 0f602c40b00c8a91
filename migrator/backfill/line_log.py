"""A run told in plain lines, where there is no terminal."""

import time

from rich.console import Console

from migrator.backfill.figures import BESIDE_WRITERS, duration, milliseconds, rate
from migrator.backfill.options import Result
from migrator.backfill.reporter import Snapshot

# Lines come more seldom as a run grows old, so a long one does not flood a log.
FIRST_SECONDS = 2.0
LONGEST_SECONDS = 60.0
GROWTH = 1.5


class LineLog:
    """One line now and then."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._wait = FIRST_SECONDS
        self._next = time.monotonic() + self._wait

    def progress(self, snapshot: Snapshot) -> None:
        if time.monotonic() < self._next:
            return
        self._wait = min(self._wait * GROWTH, LONGEST_SECONDS)
        self._next = time.monotonic() + self._wait
        slowed = f", slowed {snapshot.level:.0%}: {snapshot.throttle}" if snapshot.level else ""
        beside = f"; {BESIDE_WRITERS}" if snapshot.beside_writers else ""
        self._say(
            f"{snapshot.name}: {snapshot.state}, {snapshot.scanned / snapshot.total:.0%} of about "
            f"{snapshot.total:,} rows, {rate(snapshot.rows_per_second)}, "
            f"ETA {duration(snapshot.eta_seconds)}, batch {snapshot.batch_size:,} rows "
            f"p50 {milliseconds(snapshot.batch_p50)} max {milliseconds(snapshot.batch_max)}, "
            f"{snapshot.retries} retried{slowed}{beside}"
        )

    def notice(self, message: str) -> None:
        self._say(message)

    def finished(self, result: Result) -> None:
        pass

    def _say(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)
