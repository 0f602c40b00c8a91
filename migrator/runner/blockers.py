"""Who keeps a lock from us."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

LONGEST_QUERY = 300

# Granted locks and queued ones alike: who waits in the queue is ahead of us.
_BLOCKERS = """
SELECT DISTINCT ON (a.pid) a.pid, a.application_name, a.usename, a.state,
       extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start))::float8,
       a.query, l.relation::regclass::text, l.mode
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'relation' AND l.pid <> pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = ANY (%s::regclass[]) AND l.mode = ANY (%s)
ORDER BY a.pid, l.granted DESC
"""

# Which held modes stop each strong mode.
_WRITE_MODES = (
    "RowExclusiveLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
CONFLICTS: dict[str, tuple[str, ...]] = {
    "SHARE": ("ShareUpdateExclusiveLock", *_WRITE_MODES),
    "SHARE ROW EXCLUSIVE": ("ShareUpdateExclusiveLock", "ShareLock", *_WRITE_MODES),
    "EXCLUSIVE": ("RowShareLock", "ShareUpdateExclusiveLock", "ShareLock", *_WRITE_MODES),
    "ACCESS EXCLUSIVE": (
        "AccessShareLock",
        "RowShareLock",
        "ShareUpdateExclusiveLock",
        "ShareLock",
        *_WRITE_MODES,
    ),
}


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """A session with a lock that conflicts. `seconds`: the age of its transaction."""

    pid: int
    application: str
    user: str
    state: str
    seconds: float
    query: str
    relation: str
    mode: str

    def __str__(self) -> str:
        query = " ".join(self.query.split())[:LONGEST_QUERY]
        name = self.application or "unnamed application"
        return (
            f"pid {self.pid} ({name}, user {self.user}, {self.state}) has {self.mode} on "
            f"{self.relation} in a transaction of {self.seconds:.1f} s; its query: {query}"
        )


def find_blockers(
    connection: psycopg.Connection[TupleRow], relations: Sequence[str], mode: str
) -> list[Blocker]:
    """The sessions that stop `mode` on any of the relations, the oldest transaction first.

    relations: quoted names.
    """
    # Within a transaction PostgreSQL would answer from what it saw the first time.
    connection.execute("SELECT pg_stat_clear_snapshot()")
    rows = connection.execute(_BLOCKERS, [list(relations), list(CONFLICTS[mode])]).fetchall()
    found = [
        Blocker(
            pid=row[0],
            application=row[1],
            user=row[2],
            state=row[3] or "state hidden",
            seconds=row[4] or 0.0,
            query=row[5] or "",
            relation=row[6],
            mode=row[7],
        )
        for row in rows
    ]
    return sorted(found, key=lambda blocker: -blocker.seconds)
