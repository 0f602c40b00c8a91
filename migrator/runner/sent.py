"""Which statement a failure was about, and whose it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.rows import TupleRow
from sqlalchemy.exc import DBAPIError

Sender = Literal["revision", "Alembic", "migrator"]
_OWN = "statement of the migrator: "


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """One statement.

    by: the revision, Alembic (the version table, COMMIT), or the migrator. is_before: whether
        Alembic sent it before the revision's own.
    """

    text: str
    by: Sender = "revision"
    is_before: bool = False

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        match self.by:
            case "revision":
                return f"statement: {text}"
            case "Alembic" if self.is_before:
                return f"Alembic's statement, before the revision's own: {text}"
            case "Alembic" if text == "COMMIT":
                return (
                    f"Alembic's statement, after the revision's own: {text}\n"
                    "  it runs what the revision has put off until then, such as the checks of "
                    "deferred constraints"
                )
            case "Alembic":
                return (
                    f"Alembic's statement, after the revision's own: {text}\n"
                    "  what the revision has set (search_path, role, read only) holds for it too: "
                    "set it back at the revision's end"
                )
            case "migrator":
                return (
                    f"the migrator's statement: {text}\n"
                    "  what the revision has set (search_path, role, read only) holds for it too"
                )


def execute_own(
    connection: psycopg.Connection[TupleRow], query: str, parameters: Sequence[Any] | None = None
) -> psycopg.Cursor[TupleRow]:
    """Runs a statement of the migrator's own on a revision's connection; an error keeps it."""
    try:
        return connection.execute(query.encode(), parameters)
    except psycopg.Error as error:
        error.add_note(f"{_OWN}{query}")
        raise


def own_statement(error: BaseException) -> Sent | None:
    """The migrator's statement that failed, if it was one."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    for note in getattr(cause, "__notes__", ()):
        if note.startswith(_OWN):
            return Sent(text=note.removeprefix(_OWN), by="migrator")
    return None
