"""Revisions that end their transaction by way of Python, past every statement that is looked at."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from alembic.runtime.migration import MigrationContext
from psycopg import ConnectionInfo
from psycopg.pq import TransactionStatus

# Of SQLAlchemy's connection, with the SQL that each comes to. A savepoint is the revision's own.
ENDING = {
    "commit": "COMMIT",
    "rollback": "ROLLBACK",
    "close": "ROLLBACK",
    "invalidate": "ROLLBACK",
    "detach": "ROLLBACK",
    "begin": "BEGIN",
    "begin_twophase": "BEGIN",
}
_ENDING_IN_DRIVER = ("commit", "rollback", "close")

# Told of the method that was called, and by whom; what it returns, the caller gets.
Called = Callable[[str, FrameType], Any]


@contextmanager
def transactions_kept(context: MigrationContext, called: Called) -> Iterator[None]:
    """For one revision's function: what would begin or end its transaction is not done.

    Neither by the connection, nor by the driver below it, such as for a Session. `called` is told
    in its place. What an autocommit_block does stays.
    """
    connection: Any = context.connection
    driver = connection.connection.driver_connection
    keeper = _Keeper(called, driver.info)
    replaced = [
        *(_Replaced(connection, name, keeper.of_connection) for name in ENDING),
        *(_Replaced(driver, name, keeper.of_driver) for name in _ENDING_IN_DRIVER),
        _Replaced(connection, "get_isolation_level", keeper.of_question),
        _Replaced(context, "autocommit_block", keeper.of_block),
    ]
    try:
        yield
    finally:
        for each in replaced:
            each.put_back()


class _Replaced:
    """A method of one object, until it is put back."""

    def __init__(self, target: Any, name: str, wrap: Callable[[Any, str], Any]) -> None:
        self._target = target
        self._name = name
        self._before = vars(target).get(name)
        setattr(target, name, wrap(getattr(target, name), name))

    def put_back(self) -> None:
        if self._before is None:
            delattr(self._target, self._name)
        else:
            setattr(self._target, self._name, self._before)


class _Keeper:
    def __init__(self, called: Called, info: ConnectionInfo) -> None:
        self._called = called
        self._info = info
        self._lets_pass = False

    def _passes(self) -> bool:
        """SQLAlchemy itself gives up a connection that is lost."""
        return self._lets_pass or self._info.transaction_status == TransactionStatus.UNKNOWN

    def of_connection(self, plain: Any, name: str) -> Any:
        def instead(*arguments: Any, **options: Any) -> Any:
            if self._passes():
                return plain(*arguments, **options)
            return self._called(name, sys._getframe(1))

        return instead

    def of_driver(self, plain: Any, name: str) -> Any:
        def instead(*arguments: Any, **options: Any) -> Any:
            status = self._info.transaction_status
            if self._passes() or (name != "close" and status == TransactionStatus.IDLE):
                return plain(*arguments, **options)
            return self._called(name, sys._getframe(1))

        return instead

    def of_question(self, plain: Any, _name: str) -> Any:
        """SQLAlchemy rolls back what it has only asked."""

        def instead() -> Any:
            with self._passing():
                return plain()

        return instead

    def of_block(self, plain: Any, _name: str) -> Any:
        @contextmanager
        def block() -> Iterator[None]:
            manager = plain()
            with self._passing():
                entered = manager.__enter__()
            try:
                yield entered
            except BaseException as error:
                with self._passing():
                    if not manager.__exit__(type(error), error, error.__traceback__):
                        raise
            else:
                with self._passing():
                    manager.__exit__(None, None, None)

        return block

    @contextmanager
    def _passing(self) -> Iterator[None]:
        before, self._lets_pass = self._lets_pass, True
        try:
            yield
        finally:
            self._lets_pass = before
