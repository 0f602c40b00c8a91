"""What an error of the database means for the person who runs a backfill."""

import psycopg

from migrator.backfill.errors import BackfillError
from migrator.database import server_message
from migrator.errors import MigratorError


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


def noted(error: BaseException) -> str:
    """The error as the progress table keeps it: with its type, where it is not one of ours."""
    if isinstance(error, (MigratorError, psycopg.Error)):
        return told(error)
    if not isinstance(error, Exception):
        return f"interrupted ({type(error).__name__})"
    return f"{type(error).__name__}: {error}"


def failed(name: str, error: psycopg.Error) -> BackfillError:
    """The error that ends the run of that backfill."""
    return BackfillError(
        f"backfill {name}: {told(error)}; the progress is kept, run it again to continue"
    )
