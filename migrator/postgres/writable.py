"""Whether a session may change anything at all."""

from typing import Any

import psycopg
from psycopg import sql

from migrator.errors import UsageError

_READ_ONLY = """
SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::bool, session_user::text
"""


class ReadOnlyError(UsageError):
    """The server, or this session, takes no changes."""


def require_writable(connection: "psycopg.Connection[Any]") -> None:
    """Raises ReadOnlyError for a standby, and where a transaction would be read only."""
    row = connection.execute(_READ_ONLY).fetchone()
    if row is None:
        return
    is_standby, is_read_only, user = row
    if is_standby:
        raise ReadOnlyError(
            f"{connection.info.host}:{connection.info.port} is a standby, which takes no changes; "
            "nothing was done. Name the primary"
        )
    if is_read_only:
        statement = sql.SQL("ALTER ROLE {} SET default_transaction_read_only = off").format(
            sql.Identifier(user)
        )
        raise ReadOnlyError(
            f"transactions of the role {user} are read only here (default_transaction_read_only, "
            "of the role, the database, the server or env.py's connection); nothing was done. If "
            f"the database is to be changed: {statement.as_string(connection)}, or add "
            "?options=-cdefault_transaction_read_only%3Doff to the URL"
        )
