"""What runs or counts by itself in a database: triggers, functions, sequences."""

from dataclasses import dataclass
from typing import Literal

RowEvent = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(kw_only=True, slots=True)
class Trigger:
    """One trigger of a table.

    events: of rows or of statements. columns: those of an ``UPDATE OF``. function: by its name.
    deferrable, deferred: of a constraint trigger, DEFERRABLE and INITIALLY DEFERRED.
    """

    name: str
    function: str = ""
    events: tuple[RowEvent, ...] = ("INSERT", "UPDATE", "DELETE")
    columns: tuple[str, ...] = ()
    enabled: bool = True
    deferrable: bool = False
    deferred: bool = False


@dataclass(kw_only=True, slots=True)
class Routine:
    """A function or a procedure.

    header: its arguments and what it returns, as SQL.
    body: as text, which PostgreSQL reads when it runs; None where it keeps what was parsed.
    search_path: the schemas of a ``SET search_path`` of its own; empty without one.
    of_extension: an extension has made it.
    """

    name: str
    language: str = ""
    header: str = ""
    body: str | None = None
    search_path: tuple[str, ...] = ()
    of_extension: bool = False


@dataclass(kw_only=True, slots=True)
class Sequence:
    """A sequence.

    type: that its numbers fit in. owner: the (table, column) that it goes with, if there is one.
    identity: that column is an identity.
    """

    type: str = "bigint"
    owner: tuple[str, str] | None = None
    identity: bool = False
