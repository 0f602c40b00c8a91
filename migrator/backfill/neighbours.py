"""Whether anyone else writes while a backfill runs."""

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import psycopg

# A writer that was seen counts for a while.
REMEMBERED_SECONDS = 2.0
# For less than that, nobody's writes may have fallen between two looks.
FIRST_LOOK_SECONDS = 0.05

# Short writes are over before anybody looks, but each has taken a transaction id. Long ones are
# seen by their lock.
LOOK = """
SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, EXISTS (
    SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'relation' AND l.relation = ANY (%(tables)s::oid[])
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.mode IN ('RowShareLock', 'RowExclusiveLock')
      AND a.application_name NOT LIKE 'backfill %%'
)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """How many transactions that write this run has begun so far, and how many have ended."""

    begun: int = 0
    ended: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    at: float
    next_id: int
    locked: bool
    own: Own


class Neighbours:
    """Looks for writers over the run's control connection.

    tables: that an open transaction may have locked. Short ones count wherever on the server
    they write: its disk and its processors are shared. own: what they are told from.
    """

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        tables: Collection[int],
        own: Callable[[], Own] = Own,
    ) -> None:
        self.connection = connection
        self.tables = list(tables)
        self.own = own
        self._looks: deque[_Look] = deque()

    def writing(self) -> bool:
        """Whether anyone else writes, or did a moment ago; the first answer may take a moment."""
        if not self._looks:
            self.look()
        elapsed = time.monotonic() - self._looks[0].at
        if elapsed < FIRST_LOOK_SECONDS:
            time.sleep(FIRST_LOOK_SECONDS - elapsed)
        self.look()
        first, last = self._looks[0], self._looks[-1]
        # No more than these were this run's, so that the rest was others'.
        own = last.own.begun - first.own.ended
        return last.next_id - first.next_id > own or any(look.locked for look in self._looks)

    def look(self) -> None:
        """Sees how things are, for `writing` to compare with."""
        ended = self.own().ended
        row = self.connection.execute(LOOK, {"tables": self.tables}).fetchone()
        next_id, locked = row or (0, False)
        now = time.monotonic()
        own = Own(begun=self.own().begun, ended=ended)
        self._looks.append(_Look(at=now, next_id=next_id, locked=locked, own=own))
        while len(self._looks) > 2 and self._looks[1].at < now - REMEMBERED_SECONDS:
            self._looks.popleft()
