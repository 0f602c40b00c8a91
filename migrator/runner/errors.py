"""How a run can end other than well."""

import traceback

import psycopg
from sqlalchemy.exc import OperationalError, PendingRollbackError, ProgrammingError

from migrator.database import DATABASE_ERRORS, server_message, sqlstate
from migrator.errors import MigratorError
from migrator.project.history import Revision
from migrator.runner.journal import HalfApplied
from migrator.runner.sent import Sent

QUERY_CANCELED, IDLE_IN_TRANSACTION = "57014", "25P03"
ADVICE = {
    QUERY_CANCELED: "a statement that keeps readers or writers out was cancelled, so that they "
    "need not wait: use its online form, or allow more with --statement-limit or with "
    "SET LOCAL statement_timeout in the revision",
    IDLE_IN_TRANSACTION: "it worked outside the database for longer than the role's or the "
    "database's idle_in_transaction_session_timeout allows, which frees its locks: let it work "
    "before its first statement, or allow more with "
    "SET LOCAL idle_in_transaction_session_timeout in the revision",
}
# How clearing up fails after the connection was lost, or amid a transaction that failed.
_AFTERMATH = (
    *(psycopg.OperationalError, OperationalError, PendingRollbackError),
    *(psycopg.ProgrammingError, ProgrammingError),
)


class RevisionError(MigratorError):
    """A revision did not complete. The database is where it was before, but for `half_done`.

    revision, statement, sqlstate: which, the SQL that failed, whosesoever it was (None if Python
        failed outside SQL), and the server's five-character error code (None likewise).
    """

    def __init__(
        self,
        revision: Revision,
        sent: Sent | None,
        error: BaseException,
        *,
        at: str,
        half_done: HalfApplied | None = None,
        blocked_by: str = "",
        went_on_after: Sent | None = None,
    ) -> None:
        """What happened.

        sent: the statement that failed, and whose it was; None if Python failed outside SQL.
        at: where the database says it is, in words; empty if it could not be asked.
        half_done: what the revision's autocommit blocks have committed all the same.
        blocked_by: who had the lock that it did not get, if anybody saw it.
        went_on_after: the statement that failed first, if the revision went on after it.
        """
        self.revision = revision
        self.statement = sent.text if sent else None
        self.sqlstate = sqlstate(error)
        code = f" [SQLSTATE {self.sqlstate}]" if self.sqlstate else f" [{type(error).__name__}]"
        lines = [
            f"revision {revision} failed{code}: {server_message(error)}",
            f"  file: {revision.path}{_line_in(revision, error)}",
        ]
        if sent is not None:
            lines.append(f"  {sent}")
        if went_on_after is not None:
            failed = " ".join(went_on_after.text.split())
            lines.append(f"  the revision went on after this had failed: {failed}")
        if blocked_by:
            lines.append(f"  it waited for {blocked_by}")
        if self.sqlstate in ADVICE:
            lines.append(f"  {ADVICE[self.sqlstate]}")
        if half_done is not None:
            lines.append(f"  {half_done} are committed; the next attempt leaves them out")
        standing = f"the database is at {at}; " if at else ""
        lines.append(f"  {standing}correct the cause and run this again")
        super().__init__("\n".join(lines))


def _line_in(revision: Revision, error: BaseException) -> str:
    """Where in the revision's file an error came from: ``:12``; empty if from elsewhere."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [each.lineno for each in frames if each.filename == str(revision.path)]
    return f":{lines[-1]}" if lines else ""


def first_reason(error: BaseException) -> BaseException:
    """The database error that this one, of clearing up, only followed from."""
    if not isinstance(error, _AFTERMATH) or sqlstate(error):
        return error
    chain: list[BaseException] = [error]
    while earlier := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(earlier)
    return next((each for each in reversed(chain) if isinstance(each, DATABASE_ERRORS)), error)
