"""Connections to PostgreSQL: URLs, engines without pools, errors without secrets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from migrator.errors import UsageError, words_of

# How the migrator's connections are named in pg_stat_activity.
APPLICATION_NAME = "groundwork-migrator"
CONNECT_TIMEOUT_SECONDS = 10
INSUFFICIENT_PRIVILEGE = "42501"
# Of the driver, and of SQLAlchemy around it.
DATABASE_ERRORS = (psycopg.Error, DBAPIError)
WRITE_AT = "write %40 for an @ in the password"
# As SQLAlchemy reads it: up to the first @, and then host, port and database.
_PASSWORD = re.compile(r"[\w+]+://[^:/]*:[^@]*@(?P<place>[^?]*)(?P<parameters>.*)", re.DOTALL)
_SECRET = re.compile("pass|pwd|secret|token|key", re.IGNORECASE)


class DatabaseUrlError(UsageError):
    """A database URL that cannot be used. The message never repeats the URL."""


def parse_url(text: str) -> URL:
    """A SQLAlchemy URL for psycopg 3, from any of the usual spellings of a PostgreSQL URL."""
    if _has_bare_at(text):
        raise DatabaseUrlError(f"it has one @ too many; {WRITE_AT}")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError(
            f"not a URL; write postgresql://user@host:5432/database, and {WRITE_AT}"
        ) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseUrlError(f"{url.get_backend_name()!r} is not PostgreSQL")
    return url.set(drivername="postgresql+psycopg")


def _has_bare_at(text: str) -> bool:
    """Whether what follows the first @ of a password would be taken for the server."""
    found = _PASSWORD.match(text)
    if found is None:
        return False
    place, parameters = found["place"], found["parameters"]
    return "@" in place or ("/" not in place and "@" in parameters)


def describe(url: URL) -> str:
    """The URL for people: without driver, password and other secrets."""
    # Of a parameter that libpq does not know either, nobody knows what it holds.
    harmless = {key: url.query[key] for key in url.query if not _SECRET.search(key)}
    bare = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, query=harmless
    )
    return bare.render_as_string(hide_password=True)


class UnreachableError(UsageError):
    """No connection: the server does not answer, or does not let this user in."""


class RefusedError(UsageError):
    """The server answers, but not this question: most often this role may not ask it."""

    def __init__(self, error: BaseException) -> None:
        """error: of SQLAlchemy or psycopg."""
        code = sqlstate(error)
        message = server_message(error) + (f" [SQLSTATE {code}]" if code else "")
        if code == INSUFFICIENT_PRIVILEGE:
            message += (
                "; the role needs SELECT on the version table and, where it exists, USAGE on the "
                "schema migrator and SELECT on its tables"
            )
        super().__init__(f"the database cannot be read: {message}")


def refused(error: Exception) -> Exception:
    """A RefusedError for an error of the database; any other error as it is."""
    return RefusedError(error) if isinstance(error, DATABASE_ERRORS) else error


class PooledError(UsageError):
    """A pooler stands between us and the server."""

    def __init__(self) -> None:
        super().__init__(
            "a connection pooler, such as PgBouncer, stands before this database: what a session "
            "holds and sets there, such as the migrator's lock and its limits, would be left with "
            "the application's. Nothing was done. Name the server itself, or the pooler's port "
            "that does not pool"
        )


def refuse_pooled(connection: "psycopg.Connection[Any]") -> None:
    """Raises PooledError, before anything is set, if the session is not the server's own.

    A pooler tells its clients a process id of its own making.
    """
    with connection.transaction():
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
    if row is not None and row[0] != connection.info.backend_pid:
        raise PooledError


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection for the length of the block; raises UnreachableError without secrets."""
    try:
        connection = engine.connect()
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        raise UnreachableError(f"cannot connect to {describe(engine.url)}: {reason}") from None
    except (DBAPIError, ArgumentError) as error:
        reason = " ".join(server_message(error).split())
        if sqlstate(error) is None:  # psycopg knows no such parameter, or no such value
            reason += (
                "; the URL's parameters are libpq's, such as ?sslmode=require or "
                "?options=-csearch_path%3Dapp"
            )
        raise UnreachableError(f"cannot connect to {describe(engine.url)}: {reason}") from None
    with connection:
        driver = connection.connection.driver_connection
        try:
            if isinstance(driver, psycopg.Connection):
                refuse_pooled(driver)
            yield connection
        except DATABASE_ERRORS:
            if isinstance(driver, psycopg.Connection) and driver.broken:
                # SQLAlchemy would log the traceback of a rollback that cannot be.
                connection.invalidate()
            raise


def create(url: URL, *, role: str) -> Engine:
    """An engine whose connections are closed when given back.

    role: what the connections are for, such as ``lock``; part of their application_name.
    """
    return create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={
            "application_name": f"{APPLICATION_NAME}:{role}",
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        },
    )


def driver_connection(connection: Connection) -> psycopg.Connection:
    """The psycopg connection below a SQLAlchemy one."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise UsageError(
            f"env.py connects with {connection.dialect.driver!r}; write postgresql+psycopg://"
        )
    return driver


def sqlstate(error: BaseException) -> str | None:
    """The five-character SQLSTATE of a database error, or None for any other error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return state if isinstance(state, str) else None


def server_message(error: BaseException) -> str:
    """The server's message and hint, without DETAIL, which may quote rows."""
    cause = (error.orig if isinstance(error, DBAPIError) else None) or error
    diagnostics = getattr(cause, "diag", None)
    message = getattr(diagnostics, "message_primary", None)
    if message is None:
        kind, words = type(cause).__name__, words_of(cause)
        return words.removeprefix(f"{kind}: ").strip() or kind
    hint = getattr(diagnostics, "message_hint", None)
    return f"{message} (hint: {hint})" if hint else str(message)
