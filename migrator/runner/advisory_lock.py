"""One migrator per database: a session-level advisory lock on a connection of its own.

Not on the connection that runs the revisions: `autocommit_block` needs that one for itself.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from migrator.database import APPLICATION_NAME
from migrator.errors import MigratorError
from migrator.runner.own_session import own_session

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.05
REPORT_SECONDS = 15.0

_NAME = text("SELECT set_config('application_name', :name, false)")
_HOLDER = text(
    """
    SELECT a.pid, a.application_name, host(a.client_addr),
           extract(epoch FROM a.backend_start)::float8
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.classid::bigint = :high AND l.objid::bigint = :low
    """
)


class LockedByAnotherError(MigratorError):
    """Another migrator did not finish in time, or took over."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The session that holds the lock.

    address, since: None where the role may not see them (pg_read_all_stats).
    """

    pid: int
    application: str
    address: str | None
    since: datetime | None

    def __str__(self) -> str:
        origin = f" from {self.address}" if self.address else ""
        name = self.application or "unnamed application"
        since = f", since {self.since:%Y-%m-%d %H:%M:%S %Z}" if self.since else ""
        return f"pid {self.pid} ({name}{origin}){since}"


@dataclass(frozen=True, kw_only=True)
class AdvisoryLock:
    """The lock of one version table in one database.

    version_table: with its schema if it has one, such as ``alembic_version``.
    """

    engine: Engine
    version_table: str

    @property
    def key(self) -> int:
        """The signed 64-bit key; PostgreSQL keeps the keys of each database apart."""
        digest = blake2b(f"groundwork.migrator:{self.version_table}".encode(), digest_size=8)
        return int.from_bytes(digest.digest(), "big", signed=True)

    @property
    def halves(self) -> dict[str, int]:
        """The key as pg_locks shows it."""
        unsigned = self.key % 2**64
        return {"high": unsigned >> 32, "low": unsigned % 2**32}

    @property
    def worker_name(self) -> str:
        """The application_name of connections on which revisions run under this lock."""
        return f"{APPLICATION_NAME}:revision:{self.key % 2**32:08x}"

    @contextmanager
    def held(
        self, *, wait: float, say: Callable[[str], None] = logger.info
    ) -> Iterator["HeldLock"]:
        """Holds the lock; raises LockedByAnotherError, naming the holder, after `wait` seconds.

        say: told, now and then, who is waited for.
        """
        with own_session(self.engine, "lock") as connection:
            connection.execute(_NAME, {"name": f"{APPLICATION_NAME}:lock"})
            self._acquire(connection, wait, say)
            yield HeldLock(connection=connection, lock=self)

    def holder(self, connection: Connection) -> Holder | None:
        """Who holds the lock now, as seen from any connection to the database."""
        row = connection.execute(_HOLDER, self.halves).first()
        if row is None:
            return None
        since = None if row[3] is None else datetime.fromtimestamp(row[3], UTC)
        return Holder(pid=row[0], application=row[1], address=row[2], since=since)

    def _acquire(self, connection: Connection, wait: float, say: Callable[[str], None]) -> None:
        started = time.monotonic()
        reported = -REPORT_SECONDS
        attempt = text("SELECT pg_try_advisory_lock(:key)")
        while not connection.scalar(attempt, {"key": self.key}):
            waited = time.monotonic() - started
            if waited >= wait:
                holder = self.holder(connection) or "a session that has just ended"
                raise LockedByAnotherError(
                    f"another migrator works on this database: {holder}; gave up after "
                    f"{wait:g} s. Let it finish and run this again"
                )
            if waited - reported >= REPORT_SECONDS:
                reported = waited
                say(f"waiting for another migrator: {self.holder(connection) or 'just gone'}")
            time.sleep(POLL_SECONDS)


@dataclass(frozen=True, kw_only=True)
class HeldLock:
    """The lock while it is ours; it ends with its connection."""

    connection: Connection
    lock: AdvisoryLock

    def verify(self) -> None:
        """Raises LockedByAnotherError if the server ended the connection that held the lock."""
        statement = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND pid = pg_backend_pid() AND classid::bigint = :high AND objid::bigint = :low"
        )
        try:
            ours = self.connection.scalar(statement, self.lock.halves)
        except OperationalError:  # the server, or a failover, has closed it
            ours = False
        if not ours:
            raise LockedByAnotherError("the migrator's advisory lock is lost; run this again")

    def await_interrupted(self, *, wait: float, say: Callable[[str], None] = logger.info) -> None:
        """Waits for what a migrator that was killed still has running in the server.

        Its lock ended with it, but PostgreSQL finishes a statement before it notices.
        """
        started = time.monotonic()
        told = False
        statement = text(
            "SELECT pid, query FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = :name AND state <> 'idle' ORDER BY query_start LIMIT 1"
        )
        while row := self.connection.execute(statement, {"name": self.lock.worker_name}).first():
            query = " ".join(row[1].split())
            if time.monotonic() - started >= wait:
                raise LockedByAnotherError(
                    f"pid {row[0]}, left by an interrupted migrator, still runs after {wait:g} s: "
                    f"{query}. Let it finish, or end it with pg_terminate_backend({row[0]})"
                )
            if not told:
                told = True
                say(f"an interrupted migrator still runs (pid {row[0]}): {query}")
            time.sleep(POLL_SECONDS)
