"""Records what a migration context would send to the database, and from which line."""

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import CompileError
from sqlalchemy.types import TypeEngine

from migrator.project.no_rows import NoRows
from migrator.project.own_transactions import ENDING
from migrator.project.sent_text import Parameters, SentText, SentTextRenderer, driver_text
from migrator.project.source_position import lines_in
from migrator.snapshot.names import search_path

DIALECT = postgresql.dialect()


@dataclass(frozen=True, kw_only=True, slots=True)
class Emission:
    """One text that was sent. `transaction` is None inside an autocommit block."""

    text: SentText
    line: int
    end_line: int
    transaction: int | None


@dataclass(kw_only=True, slots=True)
class Recorder:
    """Stands between a context in offline mode and its output.

    Use `attach` once, then `start` and `stop` around each revision's function.
    opaque: by line, what cannot be known without a connection.
    """

    file: str = ""
    transaction: int | None = 0
    emissions: list[Emission] = field(default_factory=list)
    known_types: dict[tuple[str, str], str] = field(default_factory=dict)
    opaque: dict[int, str] = field(default_factory=dict)
    recording: bool = False

    def attach(self, context: MigrationContext) -> None:
        """Replaces the outputs of the context's dialect implementation."""
        impl: Any = context.impl
        renderer = SentTextRenderer(impl.dialect)
        impl.static_output = lambda text: self._write(SentText(sql=text))
        impl._exec = lambda construct, *_options, **_more: self._write(renderer.render(construct))
        impl.emit_begin = self._begin
        impl.emit_commit = self._commit
        impl.alter_column = self._noting_types(impl.alter_column)
        connection: Any = context.connection
        connection._execute_impl = self._without_rows(renderer.render)
        connection.exec_driver_sql = self._without_rows(driver_text)
        for name in ENDING:
            setattr(connection, name, partial(self._own_end, name))

    def start(self, file: str, *, transactional: bool) -> None:
        """Begins a revision, whose source is `file`."""
        self.file = file
        self.transaction = 0 if transactional else None
        self.emissions, self.known_types, self.opaque = [], {}, {}
        self.recording = True

    def stop(self) -> None:
        """Ends the revision; what the context emits for itself is ignored."""
        self.recording = False

    def _write(self, text: SentText) -> None:
        if not self.recording:
            return
        line, end_line = self._position(sys._getframe(1))
        self.emissions.append(
            Emission(text=text, line=line, end_line=end_line, transaction=self.transaction)
        )

    def _begin(self) -> None:
        self.transaction = len(self.emissions) + 1

    def _commit(self) -> None:
        self.transaction = None

    def _position(self, frame: FrameType | None) -> tuple[int, int]:
        """The lines of the innermost call in the revision's own file."""
        return lines_in(self.file, frame)

    def _without_rows(self, render: Callable[..., SentText]) -> Callable[..., NoRows]:
        def wrapper(
            statement: Any, parameters: Parameters = None, execution_options: object = None
        ) -> NoRows:
            self._write(render(statement, parameters))
            return NoRows(self._asked_for_rows)

        return wrapper

    def _asked_for_rows(self) -> None:
        line, _ = self._position(sys._getframe(1))
        self.opaque[line] = "it depends on rows that it reads, taken to be none"

    def _own_end(self, name: str, *_arguments: Any, **_options: Any) -> Any:
        """Notes what begins or ends the transaction, as the statement that it comes to."""
        self._write(SentText(sql=ENDING[name]))
        return nullcontext()

    def _noting_types(self, alter_column: Callable[..., None]) -> Callable[..., None]:
        def wrapper(table: str, column: str, *args: Any, **options: Any) -> None:
            existing = options.get("existing_type")
            known = _type_name(existing) if existing is not None else None
            if known is not None:
                schema = options.get("schema")
                name = search_path().name(schema, table)
                self.known_types.setdefault((name, column), known)
            alter_column(table, column, *args, **options)

        return wrapper


def _type_name(existing: TypeEngine[Any] | type[TypeEngine[Any]]) -> str | None:
    """A type in the words of format_type, by way of the parser; None for one without SQL."""
    from migrator.postgres.statements import actions as a
    from migrator.postgres.statements import summarise

    instance = existing() if isinstance(existing, type) else existing
    try:
        written = instance.compile(dialect=DIALECT)
    except CompileError:  # such as an Enum that has no name
        return None
    action = summarise(f"ALTER TABLE t ADD COLUMN c {written}")[0].actions[0]
    return action.column.type if isinstance(action, a.AddColumn) else written
