"""Settings of a session that is not ours, changed for a while and put back."""

from dataclasses import dataclass, field

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from migrator.postgres.session_settings import set_config

_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name = ANY (%s)"


@dataclass(kw_only=True)
class KeptSettings:
    """What the session of one connection was set to, before it was changed here."""

    connection: psycopg.Connection[TupleRow]
    _before: dict[str, str] = field(default_factory=dict)

    def change(self, settings: dict[str, str]) -> None:
        """Sets the session, until `put_back` or, in a transaction that fails, its end."""
        with self.connection.transaction():  # a savepoint, if there is one already
            rows = self.connection.execute(_SETTINGS, [list(settings)]).fetchall()
            self._before = {**{row[0]: row[1] for row in rows}, **self._before}
            self._set(settings)

    def put_back(self) -> None:
        """Sets the session as it was: the connection may go back to a pool of the application's."""
        before, self._before = self._before, {}
        status = self.connection.info.transaction_status
        # A transaction that failed takes what was set back by itself.
        if before and status in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
            with self.connection.transaction():
                self._set(before)

    def _set(self, settings: dict[str, str]) -> None:
        self.connection.execute(set_config(settings).encode(), list(settings.values()))
