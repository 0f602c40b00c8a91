"""How long the runner may wait, and how long it may make others wait."""

import math
from dataclasses import dataclass, fields

from migrator.errors import UsageError

SHORTEST = 0.001
# They become timeouts of the server, which takes 0 for none at all.
SERVER_TIMEOUTS = frozenset({"queued_try", "strong_statement"})
ABOVE_ZERO = frozenset({"queued_try", "probe_interval", "retry_base", "report_every"})


@dataclass(frozen=True, kw_only=True)
class WaitPolicy:
    """All times are in seconds. Raises UsageError for one that cannot be.

    migrator_wait: for another migrator to finish; 0 = not at all.
    lock_deadline: for the locks of one revision, over all attempts; 0 = one attempt.
    queued_try: longest stay in a lock's queue; everyone who comes later waits behind it.
    queued_every: between two such stays. In between, the lock is only probed, which stops nobody.
    probe_interval: between two probes.
    retry_base, retry_cap: pause before a revision is tried again; it doubles from base to cap.
    report_every: between two lines about what a long statement waits for.
    strong_statement: longest run of a statement that keeps readers or writers out; 0 = no limit.
    """

    migrator_wait: float = 300.0
    lock_deadline: float = 120.0
    queued_try: float = 0.2
    queued_every: float = 2.0
    probe_interval: float = 0.02
    retry_base: float = 0.1
    retry_cap: float = 2.0
    report_every: float = 10.0
    strong_statement: float = 5.0

    def __post_init__(self) -> None:
        for field in fields(self):
            self._check(field.name)
        if self.retry_cap < self.retry_base:
            raise UsageError(
                f"retry_cap: {self.retry_cap:g} s is less than retry_base, {self.retry_base:g} s"
            )

    def _check(self, name: str) -> None:
        seconds: float = getattr(self, name)
        least = "above 0" if name in ABOVE_ZERO else "0 or more"
        if not (seconds > 0 if name in ABOVE_ZERO else seconds >= 0):
            raise UsageError(f"{name}: {seconds!r} cannot be used; give seconds, {least}")
        if name in SERVER_TIMEOUTS and seconds != 0 and not SHORTEST <= seconds < math.inf:
            raise UsageError(
                f"{name}: {seconds!r} cannot be used; PostgreSQL counts whole milliseconds"
            )
