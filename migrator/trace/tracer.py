"""Runs statements one by one and observes each."""

import time
from dataclasses import dataclass, replace
from typing import Any, LiteralString, Self, cast

import psycopg

from migrator.snapshot.relations import relations
from migrator.trace.concurrent import ConcurrentRun
from migrator.trace.measurement import LockLog, Measurement, measurement

_OWN_LOCKS = """
SELECT relation, mode FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted AND database <> 0
"""


@dataclass(kw_only=True, slots=True)
class Tracer:
    """Observes statements on one database.

    url: of the database, whose contents are changed. Use as a context manager.
    """

    url: str
    connection: "psycopg.Connection[Any]"

    @classmethod
    def connect(cls, url: str) -> Self:
        """Opens the connection that the statements run on."""
        return cls(url=url, connection=psycopg.connect(url, autocommit=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def run(self, sql: str) -> None:
        """Runs SQL without observing it."""
        self.connection.execute(cast(LiteralString, sql))

    def transaction(self, statements: list[str]) -> list[Measurement]:
        """Runs statements in one transaction; stops at the first that fails, and rolls back.

        What fails at the commit, as a deferred constraint, counts as the last statement's fault.
        """
        measured: list[Measurement] = []
        self.connection.execute("BEGIN")
        for sql in statements:
            measured.append(self._observe(sql))
            if measured[-1].error is not None:
                self.connection.execute("ROLLBACK")
                return measured
        try:
            self.connection.execute("COMMIT")
        except psycopg.Error as error:
            measured[-1] = replace(measured[-1], error=f"at COMMIT: {_first_line(error)}")
        return measured

    def single(self, sql: str) -> Measurement:
        """Runs one statement in a transaction of its own, or outside of any if it must."""
        measured = self.transaction([sql])[0]
        if measured.error and "transaction block" in measured.error:
            return ConcurrentRun(url=self.url, sql=sql).run()
        return measured

    def _observe(self, sql: str) -> Measurement:
        before = relations(self.connection)
        held_before = self._locks()
        started = time.perf_counter()
        try:
            self.connection.execute(cast(LiteralString, sql))
        except psycopg.Error as error:
            return Measurement(sql=sql, error=_first_line(error))
        seconds = time.perf_counter() - started
        held = self._locks()
        after = relations(self.connection)
        taken = {
            oid: mode
            for oid, mode in held.modes_by_oid.items()
            if held_before.modes_by_oid.get(oid) != mode
        }
        return measurement(
            sql,
            before,
            after,
            taken=taken,
            held=held.modes_by_oid,
            seconds=seconds,
        )

    def _locks(self) -> LockLog:
        log = LockLog()
        for oid, mode in self.connection.execute(_OWN_LOCKS):
            log.add(oid, mode)
        return log


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().splitlines()[0]
