"""A look from beside, while a connection is at work.

The connection itself cannot ask meanwhile, so a thread with a connection of its own does.
"""

import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Self

import psycopg
from psycopg.rows import TupleRow

from migrator.database import APPLICATION_NAME
from migrator.postgres.session_settings import session_settings, set_config


@dataclass(kw_only=True)
class Watch(ABC):
    """Watches a connection for the length of a `with` block."""

    connection: psycopg.Connection[TupleRow]
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    @abstractmethod
    def every(self) -> float:
        """Seconds before the first look, and between two."""

    @abstractmethod
    def look(self, other: psycopg.Connection[TupleRow]) -> None:
        """Looks once, over the other connection."""

    @abstractmethod
    def failed(self, error: psycopg.Error) -> None:
        """There is no looking any more."""

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        if self._done.wait(self.every):  # what is quick needs no other connection
            return
        try:
            with self._connect() as other:
                settings = session_settings("watch", other.info.server_version)
                other.execute(set_config(settings).encode(), list(settings.values()))
                while True:
                    self.look(other)
                    if self._done.wait(self.every):
                        return
        except psycopg.Error as error:
            self.failed(error)

    def _connect(self) -> psycopg.Connection[TupleRow]:
        info = self.connection.info
        return psycopg.connect(
            info.dsn,
            password=info.password or None,
            application_name=f"{APPLICATION_NAME}:watch",
            autocommit=True,
        )
