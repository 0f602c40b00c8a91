"""Who keeps a lock from us."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow

LONGEST_QUERY = 300

# A prepared transaction has no session; pg_locks shows its locks without a pid.
_PREPARED = """
SELECT x.virtualtransaction, p.gid, p.owner, p.prepared
FROM pg_locks x JOIN pg_prepared_xacts p ON p.transaction = x.transactionid
WHERE x.pid IS NULL AND x.locktype = 'transactionid'
"""

# Such a worker lets go, when it has kept somebody waiting for deadlock_timeout, unless it prevents
# wraparound. Who may not see what a session is sees at least that it has no user.
_LETS_GO = """
coalesce((a.backend_type = 'autovacuum worker' OR a.usesysid IS NULL)
         AND a.query NOT LIKE '%%(to prevent wraparound)', false)
"""

# Granted locks and queued ones alike: who waits in the queue is ahead of us.
_BLOCKERS = f"""
SELECT DISTINCT ON (l.pid, p.gid) a.pid, a.application_name, coalesce(a.usename, p.owner), a.state,
       extract(epoch FROM clock_timestamp()
         - coalesce(a.xact_start, a.query_start, p.prepared))::float8,
       a.query, p.gid, a.pid IS NOT NULL AND {_LETS_GO}, l.relation::regclass::text, l.mode
FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
LEFT JOIN ({_PREPARED}) p ON l.pid IS NULL AND p.virtualtransaction = l.virtualtransaction
WHERE l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_backend_pid()
  AND (a.pid IS NOT NULL OR p.gid IS NOT NULL)
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = ANY (%s::regclass[]) AND l.mode = ANY (%s)
ORDER BY l.pid, p.gid, l.granted DESC
"""  # noqa: S608

_WAITS = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"

# pg_blocking_pids has 0 for a prepared transaction.
_WAITED_FOR = f"""
SELECT a.pid, a.application_name, a.usename, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds, a.query,
       NULL AS gid, {_LETS_GO}
FROM unnest(pg_blocking_pids(%(pid)s)) AS blocker (pid) JOIN pg_stat_activity a USING (pid)
UNION
SELECT NULL, NULL, p.owner, NULL, extract(epoch FROM clock_timestamp() - p.prepared)::float8, NULL,
       p.gid, false
FROM pg_locks w JOIN pg_locks h ON h.pid IS NULL AND h.granted
  AND (h.locktype, h.database, h.relation, h.transactionid, h.virtualxid)
    IS NOT DISTINCT FROM (w.locktype, w.database, w.relation, w.transactionid, w.virtualxid)
JOIN ({_PREPARED}) p ON p.virtualtransaction = h.virtualtransaction
WHERE w.pid = %(pid)s AND NOT w.granted AND 0 = ANY (pg_blocking_pids(%(pid)s))
ORDER BY seconds DESC NULLS LAST
"""  # noqa: S608

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
class Session:
    """Who has a lock: a session, or a prepared transaction, which has none of its own.

    pid, gid: one of them is None. seconds: the age of its transaction. lets_go: whether it is an
        autovacuum, which PostgreSQL cancels for somebody who waits long enough.
    """

    pid: int | None
    application: str
    user: str
    state: str
    seconds: float
    query: str
    gid: str | None
    lets_go: bool

    @classmethod
    def of(cls, row: TupleRow) -> "Session":
        """From pid, application, user, state, seconds, query, gid and lets_go, as queried."""
        return cls(
            pid=row[0],
            application=row[1] or "unnamed application",
            user=row[2],
            state=row[3] or "state hidden",
            seconds=row[4] or 0.0,
            query=" ".join((row[5] or "").split())[:LONGEST_QUERY],
            gid=row[6],
            lets_go=row[7],
        )

    def __str__(self) -> str:
        return self.described(",")

    def described(self, lock: str) -> str:
        """For people. lock: what it has, such as `` has ShareLock on t``."""
        if self.gid is not None:
            return (
                f"the prepared transaction {self.gid!r} (user {self.user}){lock} for "
                f"{self.seconds:.1f} s; COMMIT PREPARED or ROLLBACK PREPARED ends it"
            )
        return (
            f"pid {self.pid} ({self.application}, user {self.user}, {self.state}){lock} "
            f"in a transaction of {self.seconds:.1f} s; its query: {self.query}"
        )


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """A session with a lock that conflicts."""

    session: Session
    relation: str
    mode: str

    def __str__(self) -> str:
        return self.session.described(f" has {self.mode} on {self.relation}")


def find_blockers(
    connection: psycopg.Connection[TupleRow], relations: Sequence[str], mode: str
) -> list[Blocker]:
    """The sessions that stop `mode` on any of the relations, the oldest transaction first.

    relations: quoted names.
    """
    # Within a transaction PostgreSQL would answer from what it saw the first time.
    connection.execute("SELECT pg_stat_clear_snapshot()")
    conflicting = [list(relations), list(CONFLICTS[mode])]
    rows = connection.execute(_BLOCKERS.encode(), conflicting).fetchall()
    found = [Blocker(session=Session.of(row), relation=row[8], mode=row[9]) for row in rows]
    return sorted(found, key=lambda blocker: -blocker.session.seconds)


def waited_for(connection: psycopg.Connection[TupleRow], pid: int) -> list[Session]:
    """Whom the session `pid` waits for right now, as seen from another connection."""
    # Asked first, because the other question stops the lock manager for a moment.
    row = connection.execute(_WAITS, [pid]).fetchone()
    if row is None or not row[0]:
        return []
    rows = connection.execute(_WAITED_FOR.encode(), {"pid": pid}).fetchall()
    return [Session.of(row) for row in rows]
