"""What the workers of a run and its main thread tell each other."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from migrator.backfill.neighbours import Own
from migrator.backfill.throttle import Sample

# Batch times kept for the median that is shown.
WINDOW = 2_000
# While others write, a batch takes this share of its time: whoever comes for a row of the batch
# waits for the rest of it.
GENTLE_SHARE = 0.5


class Gate:
    """Passes workers on to their next batch, slowed or not, and counts what they did.

    While others write, only one worker goes on, the same until it ends, and rests after each
    batch: the server's other cores are theirs, and its own most of the time.
    rest: how many times the batch's time.
    """

    def __init__(self, *, rest: float) -> None:
        self._rest = rest
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False
        self.sample = Sample()
        self._gentle = True
        self._at_work: set[object] = set()
        self._lead: object | None = None
        self._begun = 0
        self._ended = 0
        self.error: BaseException | None = None
        self.updated = 0
        self.scanned = 0
        self.batches = 0
        self.retries = 0
        self.batch_size = 0
        self.batch_max = 0.0
        self._times: list[float] = []

    @property
    def stopped(self) -> bool:
        return self._stopped

    @property
    def own(self) -> Own:
        """The batches, each a transaction, that the workers have begun and ended."""
        with self._changed:
            return Own(begun=self._begun, ended=self._ended)

    @property
    def gentle(self) -> bool:
        """Whether the run makes way for others that write."""
        return self._gentle

    @property
    def share(self) -> float:
        """The share of its time that a batch should take now."""
        return GENTLE_SHARE if self._gentle else 1.0

    @property
    def batch_p50(self) -> float:
        with self._changed:
            return statistics.median(self._times) if self._times else 0.0

    def pause(self, paused: bool) -> None:
        """Holds the workers before their next batch, or lets them go on."""
        with self._changed:
            self._paused = paused
            self._changed.notify_all()

    def be_gentle(self, gentle: bool) -> None:
        """Makes way for others that write, or takes it all again."""
        with self._changed:
            self._gentle = gentle
            self._changed.notify_all()

    def stop(self, error: BaseException | None = None) -> None:
        """Ends the workers before their next batch; the first error given is kept."""
        with self._changed:
            self._stopped = True
            self.error = self.error or error
            self._changed.notify_all()

    def reopen(self) -> None:
        """Lets the workers of another pass in."""
        with self._changed:
            self._stopped = False

    @contextmanager
    def turn(self, worker: object, busy_seconds: float) -> Iterator[bool]:
        """Waits until the worker's next batch may begin, and counts it as at work; False: there
        shall be none.

        busy_seconds: how long the batch before took.
        """
        rest = busy_seconds * self._rest if self._gentle else 0.0
        pause = max(rest, self.sample.pause_after(busy_seconds))
        admitted = self._admit(worker, time.monotonic() + pause)
        try:
            yield admitted
        finally:
            with self._changed:
                self._ended += admitted
                self._at_work.discard(worker)
                if self._lead is not worker:  # else nobody may begin but this one
                    self._changed.notify_all()

    def leave(self, worker: object) -> None:
        """After the worker's last batch: another one may lead."""
        with self._changed:
            if self._lead is worker:
                self._lead = None
                self._changed.notify_all()

    def _admit(self, worker: object, until: float) -> bool:
        with self._changed:
            while not self._stopped:
                held = self._paused or (self._gentle and not self._may_lead(worker))
                wait = until - time.monotonic()
                if not held and wait <= 0:
                    self._lead = worker if self._gentle else None
                    self._at_work.add(worker)
                    self._begun += 1
                    return True
                self._changed.wait(None if held else wait)
        return False

    def _may_lead(self, worker: object) -> bool:
        return self._lead is worker or (self._lead is None and not self._at_work)

    def record(self, *, size: int, scanned: int, updated: int, seconds: float) -> None:
        """Counts a batch that was committed."""
        with self._changed:
            self.batches += 1
            self.scanned += scanned
            self.updated += updated
            self.batch_size = size
            self.batch_max = max(self.batch_max, seconds)
            self._times.append(seconds)
            if len(self._times) > WINDOW:
                del self._times[: WINDOW // 2]

    def record_retry(self) -> None:
        """Counts a batch that has to be tried again."""
        with self._changed:
            self.retries += 1
