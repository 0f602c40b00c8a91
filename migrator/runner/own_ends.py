"""A revision that begins or ends its transaction by a method of its connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from alembic.runtime.migration import MigrationContext
from psycopg.pq import TransactionStatus

from migrator.database import driver_connection
from migrator.project.own_transactions import transactions_kept
from migrator.project.source_position import call_in
from migrator.runner.execution import TransactionControlError


class OwnEnds:
    """Refuses what a revision calls to begin or end its transaction, also where it goes on.

    refusal: of the first such call; None if there was none.
    """

    def __init__(self) -> None:
        self.refusal: TransactionControlError | None = None
        self._raised = False

    def require_none(self) -> None:
        """Raises the refusal, which the revision may have caught."""
        if self.refusal is not None:
            self._raised = True
            raise self.refusal

    @contextmanager
    def refused(self, context: MigrationContext, file: str) -> Iterator[None]:
        """For one revision's function, whose file it is. Raises TransactionControlError."""
        assert context.connection is not None  # noqa: S101 - a revision runs on one
        driver = driver_connection(context.connection)

        def called(name: str, frame: FrameType) -> None:
            line, call = call_in(file, frame)
            what = call if call.endswith(f"{name}()") else f"{call}, which calls {name}()"
            self.refusal = self.refusal or TransactionControlError(f"{what} (line {line})")
            # After a failure it only clears up: that failure is told, if the revision lets it.
            if driver.info.transaction_status != TransactionStatus.INERROR:
                self.require_none()

        try:
            with transactions_kept(context, called):
                yield
        except Exception as error:
            if self._raised and self.refusal is not None and error is not self.refusal:
                raise self.refusal from None  # what came after it follows from it
            raise
        self.require_none()
