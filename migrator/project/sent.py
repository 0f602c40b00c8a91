"""Records what a revision really sends to a database, and from which line."""

import re
import sys
from dataclasses import replace
from types import FrameType
from typing import Any

import psycopg
from alembic.runtime.migration import MigrationContext
from psycopg.sql import as_string
from sqlalchemy import Connection, Engine, event

from migrator.project.own_transactions import ENDING
from migrator.project.recorder import Emission, Recorder
from migrator.project.sent_text import SentText, driver_text

# Questions about the catalog that SQLAlchemy asks for itself: they change nothing.
REFLECTION = ("/sqlalchemy/engine/reflection.py", "/sqlalchemy/dialects/postgresql/base.py")
SAVEPOINT = re.compile(r"\s*(?:ROLLBACK\s+TO|RELEASE|SAVEPOINT)\b", re.IGNORECASE)


class SentRecorder(Recorder):
    """As the Recorder of what is rendered, for a context with a connection."""

    def attach(self, context: MigrationContext) -> None:
        """Listens to every connection of this process, to its end."""
        impl: Any = context.impl
        impl.alter_column = self._noting_types(impl.alter_column)
        event.listen(Engine, "before_cursor_execute", self._about_to_execute)
        for name in ("commit", "rollback"):
            event.listen(Engine, name, self._transaction_ended)
        psycopg.Cursor.execute = _also_telling(psycopg.Cursor.execute, self._raw)

    def own_end(self, name: str, frame: FrameType) -> None:
        """What begins or ends the revision's transaction, as the statement that it comes to."""
        self._emit(SentText(sql=ENDING[name]), False, frame)

    def _about_to_execute(
        self,
        connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        _executemany: bool,
    ) -> None:
        if not self.recording or _is_reflection(sys._getframe(1), self.file):
            return
        if SAVEPOINT.match(statement):
            return
        is_format = bool(parameters) or getattr(context, "compiled", None) is not None
        if is_format:
            text = replace(driver_text(statement, parameters), unbound=())  # the server takes it
        else:
            text = SentText(sql=statement, unbound=driver_text(statement).unbound)
        self._emit(text, _is_autocommit(connection), sys._getframe(1))

    def _raw(self, cursor: Any, query: Any, parameters: Any, frame: FrameType) -> None:
        """What is sent past SQLAlchemy."""
        if not self.recording or frame.f_code.co_filename.endswith("/sqlalchemy/engine/default.py"):
            return
        text = query if isinstance(query, str) else as_string(query, cursor)
        sent = driver_text(text, parameters) if parameters else SentText(sql=text)
        self._emit(replace(sent, unbound=()), cursor.connection.autocommit, frame)

    def _emit(self, text: SentText, autocommit: bool, frame: FrameType) -> None:
        line, end_line = self._position(frame)
        transaction = None if autocommit else self.transaction
        self.emissions.append(
            Emission(
                text=text,
                line=line,
                end_line=end_line,
                transaction=transaction,
            )
        )

    def _transaction_ended(self, _connection: Connection) -> None:
        self.transaction = len(self.emissions) + 1


def _also_telling(execute: Any, tell: Any) -> Any:
    def telling(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        tell(cursor, query, params, sys._getframe(1))
        if not params and isinstance(query, str) and driver_text(query).unbound:
            # Only psycopg reads it as parameters; what follows can be judged all the same.
            params = None
        return execute(cursor, query, params, **options)

    return telling


def _is_autocommit(connection: Connection) -> bool:
    driver = connection.connection.driver_connection
    return bool(getattr(driver, "autocommit", False))


def _is_reflection(frame: FrameType | None, file: str) -> bool:
    """Whether SQLAlchemy asks on its own account, between the revision and the statement."""
    while frame is not None and frame.f_code.co_filename != file:
        if frame.f_code.co_filename.endswith(REFLECTION):
            return True
        frame = frame.f_back
    return False
