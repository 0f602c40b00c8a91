"""Sees who a statement waits for, while it waits.

The connection that the statement runs on cannot ask, so a thread with a connection of its own does.
CREATE INDEX CONCURRENTLY and VALIDATE have no lock timeout, and an application's transaction that
was left open keeps them waiting for ever; others are cancelled after a moment, and then nobody can
tell any more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from psycopg.rows import TupleRow

from migrator.runner.blockers import Session, waited_for
from migrator.runner.watch import Watch


@dataclass(kw_only=True)
class BlockedWatch(Watch):
    """Watches a connection for the length of a `with` block.

    report_every: seconds between two reports to `say`.
    look_every: between two looks; None: only to report.
    blockers: those that the statement was last seen waiting for.
    """

    report_every: float
    say: Callable[[str], None]
    look_every: float | None = None
    blockers: list[Session] = field(default_factory=list)
    _reported: float = field(default_factory=time.monotonic)

    @property
    def every(self) -> float:
        return min(self.look_every or self.report_every, self.report_every)

    def look(self, other: psycopg.Connection[TupleRow]) -> None:
        found = waited_for(other, self.connection.info.backend_pid)
        self.blockers = found or self.blockers
        if time.monotonic() - self._reported >= self.report_every:
            self._reported = time.monotonic()
            for each in found:
                self.say(f"still waiting for {each}")

    def failed(self, error: psycopg.Error) -> None:
        self.say(f"cannot see what the statement waits for: {error}")
