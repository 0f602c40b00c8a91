"""What an error of the database means for the person who runs a backfill."""

import psycopg

from migrator.backfill.errors import BackfillError, BackfillUsageError
from migrator.backfill.target import Leaf
from migrator.backfill.walk import Position
from migrator.database import server_message
from migrator.errors import MigratorError

# Classes of SQLSTATE: connection, rolled back, no resources, not now, operator, system.
PASSING = ("08", "40", "53", "55", "57", "58")


def told(error: BaseException) -> str:
    """The error in the server's words, and what to do where those do not say it."""
    message = server_message(error)
    # By the place in the server's source: its messages are translated.
    if isinstance(error, psycopg.Error) and error.diag.source_function == "check_enable_rls":
        return (
            f"{message}: the policy hides rows from this role, which would be left out; "
            "run it as a role with BYPASSRLS"
        )
    return message


def as_backfill_error(error: Exception) -> Exception:
    """A BackfillError for a refused definition or option and for an error of the database."""
    if isinstance(error, ValueError):
        return BackfillUsageError(str(error))
    return BackfillError(told(error)) if isinstance(error, psycopg.Error) else error


def noted(error: BaseException) -> str:
    """The error as the progress table keeps it: with its type, where it is not one of ours."""
    if isinstance(error, (MigratorError, psycopg.Error)):
        return told(error)
    if not isinstance(error, Exception):
        return f"interrupted ({type(error).__name__})"
    return f"{type(error).__name__}: {error}"


def failed(name: str, error: psycopg.Error, *, place: str = "") -> BackfillError:
    """The error that ends the run of that backfill, at that place of a table."""
    advice = ", run it again to continue" if _may_pass(error) else ""
    where = f", {place}" if place else ""
    return BackfillError(f"backfill {name}: {told(error)}{where}; the progress is kept{advice}")


def _may_pass(error: psycopg.Error) -> bool:
    """Whether the same statement may succeed another time: another server, another moment."""
    if error.sqlstate is None:  # the driver's own: a lost connection, or a value it cannot send
        return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    return error.sqlstate[:2] in PASSING


def rows_between(leaf: Leaf, after: Position | None, upto: Position) -> str:
    """The place of a batch, in the key of its table or in pages."""
    what = f"({', '.join(column.name for column in leaf.key)})" if leaf.key else "page"
    begin = f"after ({', '.join(after)}) " if after is not None else ""
    return f"in rows of {leaf.label} with {what} {begin}up to ({', '.join(upto)})"
