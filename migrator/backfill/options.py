"""How a backfill is run, and what came of it."""

import math
from dataclasses import dataclass, field

from migrator.backfill.definition import Backfill
from migrator.backfill.throttle import Throttle, replication_lag

# A second one uses the time in which the first waits for the network. More would leave less of
# a small server to others, and Python code may not expect to be called by two threads.
DEFAULT_WORKERS = 2
# Seconds that a replica may be behind before the run slows down, and before it stops.
LAG_WARN, LAG_CRITICAL = 2.0, 30.0


def default_throttles() -> tuple[Throttle, ...]:
    """Replication lag: a backfill writes WAL faster than an application does."""
    return (Throttle(source=replication_lag(), warn=LAG_WARN, critical=LAG_CRITICAL),)


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """batch_seconds: how long one batch should take, its commit included; half of that while
        others are seen writing.
    rest: how long the run rests after each batch while others are seen writing, as a multiple of
        the batch's time; 0 for not at all.
    workers: how many connections fill disjoint ranges; at once while nobody else writes, one
        after the other else. Default: two for an SQL expression, one for Python code.
    lock_timeout: seconds a batch waits for a row that somebody else has locked.
    statement_timeout: seconds a batch may take in all.
    attempts: how often in a row a batch is tried that meets locks or timeouts.
    passes: how often the table is walked while rows are left that need the backfill.
    restart: start from the first row, whatever was done before.
    throttles: what slows the run down, and stops it. Default: replication lag.

    Raises ValueError for numbers out of range.
    """

    batch_seconds: float = 0.015
    rest: float = 2.0
    workers: int | None = None
    lock_timeout: float = 0.1
    statement_timeout: float = 5.0
    attempts: int = 30
    passes: int = 5
    restart: bool = False
    throttles: tuple[Throttle, ...] = field(default_factory=default_throttles)

    def __post_init__(self) -> None:
        for name in ("batch_seconds", "lock_timeout", "statement_timeout"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be above 0 seconds, not {getattr(self, name)}")
        for name in ("lock_timeout", "statement_timeout"):
            # The server counts whole milliseconds, and takes 0 for no timeout at all.
            if getattr(self, name) < 0.001:
                raise ValueError(f"{name} must be 1 ms or more, not {getattr(self, name) * 1000:g}")
        if not 0 <= self.rest < math.inf:
            raise ValueError(f"rest must be 0 or more, not {self.rest}")
        for name in ("workers", "attempts", "passes"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be 1 or more, not {value}")

    def workers_for(self, backfill: Backfill) -> int:
        """How many connections work on that backfill."""
        return self.workers or (DEFAULT_WORKERS if backfill.set is not None else 1)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run did: its own counts, not those of earlier runs that it went on from.

    remaining: rows that still need the backfill, counted at the end: 0 unless the run raised.
    """

    name: str
    updated: int
    scanned: int
    batches: int
    seconds: float
    remaining: int
    passes: int
    batch_p50: float
    batch_max: float
