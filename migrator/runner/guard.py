"""Sees every statement that a revision runs."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, event


class StatementGuard:
    """Stands between a revision and its connection.

    revision: the one that is running; None between revisions.
    statement: the last one it ran.
    """

    def __init__(self) -> None:
        self.revision: str | None = None
        self.statement: str | None = None
        self._detach: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._detach:
            self._detach.pop()()

    def attach(self, context: MigrationContext) -> None:
        """Guards the connection and the steps of a configured Alembic context."""
        connection = context.connection
        if connection is None:
            return
        self._listen(connection, "before_cursor_execute", self._before)
        steps = context._migrations_fn

        def watched(heads: Any, context: MigrationContext) -> Iterable[Any]:
            for step in steps(heads, context) if steps else ():
                step.migration_fn = self._watch(step.migration_fn, step)
                yield step

        context._migrations_fn = watched

    def _listen(self, target: Any, name: str, listener: Callable[..., Any]) -> None:
        event.listen(target, name, listener)
        self._detach.append(lambda: event.remove(target, name, listener))

    def _watch(self, migration: Callable[..., None], step: Any) -> Callable[..., None]:
        def run(**arguments: Any) -> None:
            self.revision = getattr(getattr(step, "revision", None), "revision", None)
            migration(**arguments)
            self.revision = None

        return run

    def _before(
        self,
        connection: Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        many: bool,
    ) -> None:
        self.statement = statement
