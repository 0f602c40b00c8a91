"""Connections of a backfill: how they are named and what they are set to."""

import os
import socket
from typing import Any

import psycopg

from migrator.backfill.errors import BackfillError
from migrator.backfill.sync_trigger import BACKFILL_SETTING
from migrator.database import CONNECT_TIMEOUT_SECONDS, describe, parse_url, server_message

# Keys travel as text between server and cursor, so their text must not depend on the role's
# settings. Ranges are read in the key's order through its index, whatever stale statistics say
# of how few rows a range has: sorting the rest of the table for each batch is quadratic.
SESSION = {
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "jit": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "idle_in_transaction_session_timeout": "60s",
    BACKFILL_SETTING: "on",
}


def connect(database_url: str, *, name: str, role: str) -> "psycopg.Connection[Any]":
    """An autocommit connection whose application_name says who holds it.

    database_url: libpq's form or SQLAlchemy's. Raises BackfillError without its password, and
    DatabaseUrlError for text that is no URL of a PostgreSQL database.
    """
    url = parse_url(database_url)
    try:
        connection = psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            application_name=f"backfill {name} {role} {socket.gethostname()}:{os.getpid()}",
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            autocommit=True,
        )
    except psycopg.Error as error:
        reason = server_message(error)
        raise BackfillError(f"cannot connect to {describe(url)}: {reason}") from None
    for setting, value in SESSION.items():
        connection.execute("SELECT set_config(%s, %s, false)", (setting, value))
    return connection
