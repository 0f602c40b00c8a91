"""Connections of a backfill: how they are named and what they are set to."""

import os
import socket
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.errors import BackfillUsageError
from migrator.backfill.sync_trigger import BACKFILL_SETTING
from migrator.database import (
    CONNECT_TIMEOUT_SECONDS,
    describe,
    parse_url,
    refuse_pooled,
    server_message,
)
from migrator.postgres import session_settings as postgres

# The driver reads times and intervals only as these print them. How they are written stays as the
# role has it.
PYTHON_SESSION = {"datestyle": "ISO", "intervalstyle": "postgres"}
# For batches: ranges are read in the key's order through its index, whatever stale statistics
# say of how few rows a range has. Sorting the rest of the table for each batch is quadratic.
BATCH_SESSION = {"jit": "off", "enable_seqscan": "off", "enable_bitmapscan": "off"}


def connect(database_url: str, *, name: str, role: str) -> "psycopg.Connection[Any]":
    """An autocommit connection whose application_name says who holds it.

    database_url: libpq's form or SQLAlchemy's. Raises BackfillUsageError without its password, and
    DatabaseUrlError for text that is no URL of a PostgreSQL database.
    """
    url = parse_url(database_url)
    try:
        connection = psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            application_name=_application_name(name, role),
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            autocommit=True,
        )
    except psycopg.Error as error:
        reason = " ".join(server_message(error).split())
        raise BackfillUsageError(f"cannot connect to {describe(url)}: {reason}") from None
    try:
        refuse_pooled(connection)
        prepare_session(connection, session_settings(connection))
    except BaseException:
        connection.close()
        raise
    return connection


def session_settings(connection: "psycopg.Connection[Any]") -> dict[str, str]:
    """What a backfill's sessions, and those that count its rows, are set to on this server."""
    version = connection.info.server_version
    return {**postgres.session_settings("backfill", version), BACKFILL_SETTING: "on"}


def _application_name(name: str, role: str) -> str:
    """PostgreSQL cuts it off after 63 bytes, so what tells runs apart comes first."""
    host = socket.gethostname().split(".")[0][:20]
    return f"backfill {host}:{os.getpid()} {role} {name}"


def prepare_session(connection: "psycopg.Connection[Any]", settings: Mapping[str, str]) -> None:
    """Changes settings for as long as the connection lasts, in one round trip."""
    calls = sql.SQL(", ").join(
        sql.SQL("set_config({}, {}, false)").format(sql.Literal(name), sql.Literal(value))
        for name, value in settings.items()
    )
    connection.execute(sql.SQL("SELECT {}").format(calls))
