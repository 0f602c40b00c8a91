"""Observes a statement that commits in between, from other connections.

Its locks cannot be read when it has ended. So other transactions stand in its way, one
after the other: whenever it waits, what it holds and what it asks for are noted.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Any, LiteralString, cast

import psycopg
from psycopg import sql

from migrator.postgres import lock_modes
from migrator.snapshot.relations import Relation, relations
from migrator.trace.measurement import LockLog, Measurement, measurement

POLL_SECONDS = 0.005
LONGEST_SECONDS = 600.0
OBSTACLES = 4
_LOCKS_OF = "SELECT relation, mode FROM pg_locks WHERE pid = %s AND locktype = 'relation'"
_WAITS_FOR = "SELECT %s = ANY (pg_blocking_pids(%s))"


@dataclass(kw_only=True, slots=True)
class ConcurrentRun:
    """One run of one statement."""

    url: str
    sql: str
    log: LockLog = field(default_factory=LockLog)
    error: str | None = None
    seconds: float = 0.0
    waited: float = 0.0

    def run(self) -> Measurement:
        """Runs the statement to its end."""
        with psycopg.connect(self.url, autocommit=True) as watcher:
            before = self._relations(watcher)
            with psycopg.connect(self.url, autocommit=True) as worker:
                self._run_against_obstacles(worker, watcher, before)
                worker.execute("SELECT pg_stat_force_next_flush()")
            after = self._relations(watcher)
        if self.error is not None:
            return Measurement(sql=self.sql, error=self.error)
        seen = self.log.modes_by_oid
        return measurement(
            self.sql,
            before,
            after,
            taken=seen,
            held=seen,
            seconds=self.seconds - self.waited,
            sampled=True,
        )

    def _relations(self, watcher: "psycopg.Connection[Any]") -> dict[int, Relation]:
        watcher.execute("SELECT pg_stat_clear_snapshot()")
        return relations(watcher)

    def _run_against_obstacles(
        self,
        worker: "psycopg.Connection[Any]",
        watcher: "psycopg.Connection[Any]",
        before: dict[int, Relation],
    ) -> None:
        obstacles = [psycopg.connect(self.url) for _ in range(OBSTACLES)]
        try:
            # No command that runs outside a transaction takes less than this, or passes it.
            _stand_in_the_way(obstacles[0], before, lock_modes.SHARE_UPDATE)
            thread = threading.Thread(target=self._execute, args=(worker,), daemon=True)
            thread.start()
            for index, obstacle in enumerate(obstacles):
                waits_since = self._watch(thread, worker, watcher, obstacle.info.backend_pid)
                if index + 1 < len(obstacles):
                    # The next must be there before this one goes, or a wait is missed.
                    _stand_in_the_way(obstacles[index + 1], before, lock_modes.ROW_EXCLUSIVE)
                obstacle.rollback()
                if waits_since is not None:
                    self.waited += time.perf_counter() - waits_since
            thread.join(LONGEST_SECONDS)
        finally:
            for obstacle in obstacles:
                obstacle.close()

    def _execute(self, worker: "psycopg.Connection[Any]") -> None:
        started = time.perf_counter()
        try:
            worker.execute(cast(LiteralString, self.sql))
        except psycopg.Error as error:
            self.error = str(error).strip().splitlines()[0]
        self.seconds = time.perf_counter() - started

    def _watch(
        self,
        thread: threading.Thread,
        worker: "psycopg.Connection[Any]",
        watcher: "psycopg.Connection[Any]",
        obstacle: int,
    ) -> float | None:
        """Returns when the statement waits for the obstacle (a pid), and since when; None if
        it has ended."""
        pid = worker.info.backend_pid
        started = time.perf_counter()
        while thread.is_alive():
            row = watcher.execute(_WAITS_FOR, (obstacle, pid)).fetchone()
            for oid, mode in watcher.execute(_LOCKS_OF, (pid,)):
                self.log.add(oid, mode)
            if row and row[0]:
                return time.perf_counter()
            if time.perf_counter() - started > LONGEST_SECONDS:
                worker.cancel()
            time.sleep(POLL_SECONDS)
        return None


def _stand_in_the_way(
    obstacle: "psycopg.Connection[Any]", before: dict[int, Relation], mode: str
) -> None:
    """Opens a transaction that the statement must wait for on each table."""
    # Without a transaction around them, each attempt would commit and let go.
    obstacle.execute("SELECT")
    for relation in before.values():
        if relation.kind in ("r", "p"):
            _lock_if_free(obstacle, relation, mode)


def _lock_if_free(obstacle: "psycopg.Connection[Any]", relation: Relation, mode: str) -> None:
    name = sql.Identifier(*relation.name.split("."))
    for attempt in (mode, lock_modes.ACCESS_SHARE):
        lock = sql.SQL("LOCK TABLE {} IN {} MODE NOWAIT").format(
            name, sql.SQL(cast(LiteralString, attempt))
        )
        try:
            with obstacle.transaction():
                obstacle.execute(lock)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.UndefinedTable):
            continue
        return
