"""How long the runner may wait, and how long it may make others wait."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WaitPolicy:
    """All times are in seconds.

    migrator_wait: for another migrator to finish.
    lock_deadline: for the locks of one revision, over all attempts.
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
