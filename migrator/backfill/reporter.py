"""What a run tells the person or program that watches it."""

from dataclasses import dataclass
from typing import Protocol

from migrator.backfill.options import Result


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A run at one moment.

    scanned, total: rows passed, earlier runs included, and the planner's estimate of all.
    rows_per_second: over the last seconds. eta_seconds: None until it can be told.
    level, throttle: how strongly the run is slowed (0 to 1) and the number that decides.
    beside_writers: others write, so that batches are short and the run rests after each.
    """

    name: str
    state: str
    current_pass: int
    scanned: int
    total: int
    updated: int
    batches: int
    retries: int
    batch_size: int
    batch_p50: float
    batch_max: float
    rows_per_second: float
    eta_seconds: float | None
    level: float
    throttle: str
    beside_writers: bool


class Reporter(Protocol):
    """Called from the run's main thread only."""

    def progress(self, snapshot: Snapshot) -> None:
        """Several times a second."""
        ...

    def notice(self, message: str) -> None:
        """Something that happens once: a start, a pause, another pass."""
        ...

    def finished(self, result: Result) -> None:
        """The run is done and nothing is left."""
        ...


class Silent:
    """Tells nobody."""

    def progress(self, snapshot: Snapshot) -> None:
        pass

    def notice(self, message: str) -> None:
        pass

    def finished(self, result: Result) -> None:
        pass
