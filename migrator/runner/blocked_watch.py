"""Sees who a statement waits for, while it waits.

The connection that the statement runs on cannot ask, so a thread with a connection of its own does.
CREATE INDEX CONCURRENTLY and VALIDATE have no lock timeout, and an application's transaction that
was left open keeps them waiting for ever; others are cancelled after a moment, and then nobody can
tell any more.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import psycopg
from psycopg.rows import TupleRow

from migrator.database import APPLICATION_NAME
from migrator.postgres.session_settings import session_settings, set_config
from migrator.runner.blockers import Session, waited_for


@dataclass(kw_only=True)
class BlockedWatch:
    """Watches a connection for the length of a `with` block.

    report_every: seconds between two reports to `say`.
    look_every: between two looks; None: only to report.
    blockers: those that the statement was last seen waiting for.
    """

    connection: psycopg.Connection[TupleRow]
    report_every: float
    say: Callable[[str], None]
    look_every: float | None = None
    blockers: list[Session] = field(default_factory=list)
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        every = min(self.look_every or self.report_every, self.report_every)
        if self._done.wait(every):  # a quick statement needs no other connection
            return
        try:
            with self._connect() as other:
                self._look(other, every)
        except psycopg.Error as error:
            self.say(f"cannot see what the statement waits for: {error}")

    def _look(self, other: psycopg.Connection[TupleRow], every: float) -> None:
        settings = session_settings("watch", other.info.server_version)
        other.execute(set_config(settings).encode(), list(settings.values()))
        pid = self.connection.info.backend_pid
        reported = time.monotonic() - every
        while True:
            found = waited_for(other, pid)
            self.blockers = found or self.blockers
            if time.monotonic() - reported >= self.report_every:
                reported = time.monotonic()
                for each in found:
                    self.say(f"still waiting for {each}")
            if self._done.wait(every):
                return

    def _connect(self) -> psycopg.Connection[TupleRow]:
        info = self.connection.info
        return psycopg.connect(
            info.dsn,
            password=info.password or None,
            application_name=f"{APPLICATION_NAME}:watch",
            autocommit=True,
        )
