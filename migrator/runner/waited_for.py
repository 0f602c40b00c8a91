"""Sees who a session waits for, while it waits: afterwards PostgreSQL cannot tell."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import TupleRow

# Shorter than the time after which a statement gives up waiting (`WaitPolicy.queued_try`).
LOOK_EVERY_SECONDS = 0.08
LONGEST_QUERY = 300

_WAITS_FOR = """
SELECT a.pid, a.application_name, a.usename, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8, a.query
FROM unnest(pg_blocking_pids(%s)) AS blocker (pid) JOIN pg_stat_activity a USING (pid)
ORDER BY a.xact_start
"""


@contextmanager
def watched(asking: psycopg.Connection[TupleRow], pid: int, *, seen: list[str]) -> Iterator[None]:
    """Watches the session `pid` for the length of the block.

    asking: an autocommit connection that nobody else uses meanwhile.
    seen: filled with a line for each session that was last waited for.
    """
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(asking, pid, seen, done), daemon=True)
    watch.start()
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(
    asking: psycopg.Connection[TupleRow], pid: int, seen: list[str], done: threading.Event
) -> None:
    while not done.wait(LOOK_EVERY_SECONDS):
        try:
            rows = asking.execute(_WAITS_FOR, [pid]).fetchall()
        except psycopg.Error:  # whoever needs the connection will meet the same
            return
        if rows:
            seen[:] = [_line(*row) for row in rows]


def _line(
    pid: int,
    application: str,
    user: str | None,
    state: str | None,
    seconds: float | None,
    query: str | None,
) -> str:
    return (
        f"pid {pid} ({application or 'unnamed application'}, user {user}, "
        f"{state or 'state hidden'}), in a transaction of {seconds or 0:.0f} s; "
        f"its query: {' '.join((query or '').split())[:LONGEST_QUERY]}"
    )
