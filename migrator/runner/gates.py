"""What must be true before a contract revision runs."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Connection

from migrator.database import driver_connection, server_message
from migrator.errors import MigratorError
from migrator.project.history import Revision


class GateError(MigratorError):
    """A contract revision whose turn has come may not run yet; the message says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A contract revision that was not run, and everything that is missing for it."""

    revision: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return f"contract revision {self.revision} is held back: " + "; ".join(self.missing)


def unapproved(revision: Revision) -> Gate:
    """The gate of a contract revision that nobody has approved."""
    missing = (
        f"it is not approved: add {revision.id} to the stack's approved contracts, "
        f"or give --approve {revision.id}"
    )
    return Gate(revision=revision.id, missing=(missing,))


def backfill_missing(revision: Revision, directory: Path, connection: Connection) -> str | None:
    """What the revision's backfill has left to do, counted in the database; None if nothing.

    directory: the project's folder of backfills.
    connection: a session of our own; it gets the settings of a backfill's.

    Raises GateError if the connection is lost.
    """
    if revision.backfill is None:
        return None
    from migrator import backfill
    from migrator.backfill.connection import prepare_session, session_settings

    driver = driver_connection(connection)
    try:
        known = backfill.load_backfills(directory)
        if revision.backfill not in known:
            return f"its backfill {revision.backfill!r} {backfill.not_there(directory, known)}"
        prepare_session(driver, session_settings(driver))
        rows = backfill.remaining(driver, known[revision.backfill])
    except (backfill.BackfillError, psycopg.Error) as error:
        # As when the table or column that it fills is yet to be made.
        reason = f"its backfill {revision.backfill} cannot be counted: {server_message(error)}"
        if driver.broken:
            raise GateError(str(Gate(revision=revision.id, missing=(reason,)))) from None
        return reason
    if not rows:
        return None
    return (
        f"its backfill {revision.backfill} has {rows:,} rows left: "
        f"run `python -m migrator backfill run {revision.backfill}`"
    )
