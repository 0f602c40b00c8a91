"""An env.py that connects through an async engine, as Alembic's async templates do."""

from typing import Any

from sqlalchemy import Connection

from migrator.errors import UsageError

ASYNC_REFUSED = """\
env.py connects through an async engine, {reason}: name the database \
with --database-url or DATABASE_URL, and let env.py use the connection that it is given:

    given = config.attributes.get("connection")
    if given is not None:
        do_run_migrations(given)
    else:
        asyncio.run(run_async_migrations())"""
_SESSION = (
    "SELECT current_database(), current_user, current_setting('search_path'), inet_server_port()"
)


def in_place_of_async(given: Any, ours: Connection | None) -> Any:
    """The connection to guard, where env.py gives Alembic one of an async engine.

    given: what env.py gives, which is returned unless it is async. ours: the migrator's own to the
    database that was named; None if none was. Raises UsageError where their sessions differ.
    """
    if not _is_async(given):
        return given
    if ours is None:
        raise _refused("which the migrator cannot guard")
    if _session(given) != _session(ours):
        raise _refused("whose session is another than that of the database that was named")
    return ours


def refuse_async(connection: Connection | None) -> None:
    """Raises UsageError for a connection that cannot be guarded."""
    if _is_async(connection):
        raise _refused("which the migrator cannot guard")


def _refused(reason: str) -> UsageError:
    return UsageError(ASYNC_REFUSED.format(reason=reason))


def _is_async(connection: Any) -> bool:
    return isinstance(connection, Connection) and connection.dialect.is_async


def _session(connection: Connection) -> tuple[Any, ...]:
    began = not connection.in_transaction()
    row = connection.exec_driver_sql(_SESSION).one()
    if began:
        connection.rollback()
    return tuple(row)
