"""A session that is ours alone, whatever engine it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from migrator.database import connected, driver_connection
from migrator.postgres.session_settings import Purpose, session_settings, set_config


@contextmanager
def own_session(engine: Engine, purpose: Purpose = "watch") -> Iterator[Connection]:
    """An autocommit connection, closed at the end of the block; raises UnreachableError.

    purpose: has it set accordingly. A pool would keep it open, with its locks and settings.
    """
    with connected(engine) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            driver = driver_connection(connection)
            settings = session_settings(purpose, driver.info.server_version)
            driver.execute(set_config(settings).encode(), list(settings.values()))
            yield connection
        finally:
            connection.invalidate()
