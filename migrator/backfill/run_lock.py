"""One process at a time per backfill and database."""

import hashlib
from typing import Any

import psycopg

from migrator.backfill.errors import BackfillBusyError

HOLDER = """
SELECT a.pid, a.application_name, a.backend_start
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
    key = _key(name)
    taken = connection.execute("SELECT pg_try_advisory_lock(%s::bigint)", (key,)).fetchone()
    if taken is None or not taken[0]:
        raise BackfillBusyError(
            f"backfill {name} is already being run by {find_holder(connection, name)}"
        )


def find_holder(connection: "psycopg.Connection[Any]", name: str) -> str | None:
    """Who runs a backfill now: application, server process and since when; None for nobody."""
    found = connection.execute(HOLDER, {"key": _key(name)}).fetchone()
    if found is None:
        return None
    pid, application, since = found
    return f"{application!r} (server process {pid}, since {since:%Y-%m-%d %H:%M:%S%z})"


def _key(name: str) -> int:
    digest = hashlib.sha256(f"groundwork backfill {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
