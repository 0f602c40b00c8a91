"""What care for interrupted concurrent work has in common, whatever the work is."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from migrator.postgres.statements import actions as a
from migrator.runner.blocked_watch import BlockedWatch
from migrator.snapshot import Catalog


@dataclass(frozen=True, kw_only=True)
class ConcurrentCare(ABC):
    """Works on an autocommit connection, under the limits that are set for concurrent work.

    say: told what is cleaned up or finished, and every `report_every` seconds what that waits for.
    """

    connection: psycopg.Connection[TupleRow]
    catalog: Catalog
    report_every: float
    say: Callable[[str], None]

    @abstractmethod
    def before(self, action: a.Action, *, started: bool) -> bool:
        """Clears the way; True if nothing of the action is left to do.

        started: the journal says that an earlier attempt began this very statement.
        """

    @abstractmethod
    def is_there(self, action: a.Action) -> bool:
        """Whether what the action would make is there already, finished or not."""

    @abstractmethod
    def after_failure(self, action: a.Action) -> None:
        """Takes away what a failed attempt has left."""

    def run(self, statement: sql.Composed) -> None:
        """Runs a statement that may wait for others, and says for whom."""
        with BlockedWatch(connection=self.connection, report_every=self.report_every, say=self.say):
            self.connection.execute(statement)
