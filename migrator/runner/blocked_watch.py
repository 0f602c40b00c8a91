"""Says who a long statement waits for, while it waits.

CREATE INDEX CONCURRENTLY and VALIDATE have no lock timeout, and an application's transaction
that was left open keeps them waiting for ever. The connection they run on cannot ask, so a
thread with a connection of its own does.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

from migrator.database import APPLICATION_NAME

_WAITS_FOR = """
SELECT a.pid, a.application_name, a.usename, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8, a.query
FROM unnest(pg_blocking_pids(%s)) AS blocker (pid) JOIN pg_stat_activity a USING (pid)
ORDER BY a.xact_start
"""


@contextmanager
def blocked_watch(
    connection: psycopg.Connection[TupleRow], *, every: float, say: Callable[[str], None]
) -> Iterator[None]:
    """Watches the connection for the length of the block; reports every `every` seconds."""
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(connection, every, say, done), daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(
    connection: psycopg.Connection[TupleRow],
    every: float,
    say: Callable[[str], None],
    done: threading.Event,
) -> None:
    pid = connection.info.backend_pid
    while not done.wait(every):
        # A connection for each look, so that a quick statement needs none.
        try:
            with psycopg.connect(
                connection.info.dsn,
                password=connection.info.password or None,
                application_name=f"{APPLICATION_NAME}:watch",
                autocommit=True,
            ) as other:
                rows = other.execute(_WAITS_FOR, [pid]).fetchall()
        except psycopg.OperationalError as error:
            say(f"cannot see what the statement waits for: {error}")
            return
        for blocker, application, user, state, seconds, query in rows:
            say(
                f"still waiting for pid {blocker} ({application or 'unnamed application'}, "
                f"user {user}, {state}), in a transaction of {seconds or 0:.0f} s; "
                f"its query: {' '.join((query or '').split())[:300]}"
            )
