"""A session that is ours alone, whatever engine it comes from."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from migrator.database import connected


@contextmanager
def own_session(engine: Engine) -> Iterator[Connection]:
    """An autocommit connection, closed at the end of the block; raises UnreachableError.

    A pool would keep it open, with its locks and settings.
    """
    with connected(engine) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        try:
            yield connection
        finally:
            connection.invalidate()
