"""One process at a time per backfill and database."""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from migrator.backfill.errors import BackfillBusyError

HOLDER = """
SELECT a.pid, a.application_name, extract(epoch FROM a.backend_start)::float8
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid::bigint = (%(key)s::bigint >> 32) & 4294967295
  AND l.objid::bigint = %(key)s::bigint & 4294967295
"""


def take_run_lock(connection: "psycopg.Connection[Any]", name: str) -> None:
    """Takes the session's advisory lock of a backfill; the connection's end releases it.

    Raises BackfillBusyError, naming the process that holds it.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while not _try_lock(connection, name):
        if time.monotonic() < deadline:
            time.sleep(0.05)
            continue
        raise BackfillBusyError(
            f"backfill {name} is already being run by {find_holder(connection, name)}"
        )


# A run that has just ended, or was killed, may hold its lock a moment longer.
WAIT_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who runs a backfill: its server process, its application_name and since when.

    since: None where the role may not see it (pg_read_all_stats).
    """

    server_pid: int
    application: str
    since: datetime | None

    @property
    def place(self) -> str:
        """Host and process id of the run: the second word of its application_name."""
        return [*self.application.split(" "), ""][1]

    def __str__(self) -> str:
        since = f", since {self.since:%Y-%m-%d %H:%M:%S%z}" if self.since else ""
        return f"process {self.place} (server process {self.server_pid}{since})"


def find_holder(connection: "psycopg.Connection[Any]", name: str) -> Holder | None:
    """Who runs a backfill now; None for nobody."""
    found = connection.execute(HOLDER, {"key": _key(name)}).fetchone()
    if found is None:
        return None
    pid, application, seconds = found
    since = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return Holder(server_pid=pid, application=application, since=since)


def _try_lock(connection: "psycopg.Connection[Any]", name: str) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s::bigint)", (_key(name),)).fetchone()
    return bool(row and row[0])


def _key(name: str) -> int:
    digest = hashlib.sha256(f"groundwork backfill {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
