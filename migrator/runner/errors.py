"""How a run can end other than well."""

import psycopg
from sqlalchemy.exc import OperationalError, PendingRollbackError

from migrator.database import DATABASE_ERRORS, server_message, sqlstate
from migrator.errors import MigratorError
from migrator.project.history import Revision
from migrator.runner.journal import HalfApplied

QUERY_CANCELED = "57014"
# How clearing up fails after the connection was lost.
_AFTERMATH = (psycopg.OperationalError, OperationalError, PendingRollbackError)


class RevisionError(MigratorError):
    """A revision did not complete. The database is where it was before, but for `half_done`.

    revision, statement, sqlstate: which, the SQL (None if Python failed outside SQL), and the
        server's five-character error code (None likewise).
    """

    def __init__(
        self,
        revision: Revision,
        statement: str | None,
        error: BaseException,
        *,
        at: str | None,
        half_done: HalfApplied | None = None,
        blocked_by: str = "",
    ) -> None:
        """What happened.

        at: the revision that the database is at; None before the first.
        half_done: what the revision's autocommit blocks have committed all the same.
        blocked_by: who had the lock that it did not get, if anybody saw it.
        """
        self.revision = revision
        self.statement = statement
        self.sqlstate = sqlstate(error)
        code = f" [SQLSTATE {self.sqlstate}]" if self.sqlstate else f" [{type(error).__name__}]"
        lines = [
            f"revision {revision} failed{code}: {server_message(error)}",
            f"  file: {revision.path}",
        ]
        if statement is not None:
            lines.append("  statement: " + " ".join(statement.split()))
        if blocked_by:
            lines.append(f"  it waited for {blocked_by}")
        if self.sqlstate == QUERY_CANCELED:
            lines.append(
                "  a statement that keeps readers or writers out was cancelled, so that they need "
                "not wait: use its online form, or allow more with --statement-limit or with "
                "SET LOCAL statement_timeout in the revision"
            )
        if half_done is not None:
            lines.append(f"  {half_done} are committed; the next attempt leaves them out")
        lines.append(f"  the database is at {at or 'base'}; correct the cause and run this again")
        super().__init__("\n".join(lines))


def first_reason(error: BaseException) -> BaseException:
    """The database error that this one only followed from, if the connection was lost."""
    if not isinstance(error, _AFTERMATH) or sqlstate(error):
        return error
    chain: list[BaseException] = [error]
    while earlier := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(earlier)
    return next((each for each in reversed(chain) if isinstance(each, DATABASE_ERRORS)), error)
