"""Actions on rows and on the session, and what cannot be seen."""

from dataclasses import dataclass
from typing import Literal

from migrator.postgres.statements.actions.base import Action, OfTable


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRows(OfTable):
    """UPDATE, DELETE or INSERT.

    bounded: WHERE compares a column with a value, or the rows come from LIMIT or VALUES, so
    that it may be few rows.
    from_query: an INSERT .. SELECT or a COPY. columns: the columns that are set; defaulted: those
    of them that are set to DEFAULT alone.
    reads: the relations in its FROM, USING and subqueries.
    """

    command: Literal["UPDATE", "DELETE", "INSERT"]
    bounded: bool = False
    filtered: bool = False
    from_query: bool = False
    columns: tuple[str, ...] = ()
    defaulted: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyOverConnection(Action):
    """COPY FROM STDIN or TO STDOUT, beside its ChangeRows: the client sends or takes the rows."""

    words: Literal["FROM STDIN", "TO STDOUT"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Query(Action):
    """SELECT; `functions` are those it calls, which may do anything.

    locks_rows: the tables whose rows FOR UPDATE or FOR SHARE keeps from being written; bounded:
    as in `ChangeRows`.
    """

    functions: tuple[str, ...]
    tables: tuple[str, ...] = ()
    locks_rows: tuple[str, ...] = ()
    bounded: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LockTable(Action):
    """LOCK TABLE; `mode` as in pg_locks without ``Lock``, in words: ``ACCESS EXCLUSIVE``."""

    tables: tuple[str, ...]
    mode: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting(Action):
    """SET or RESET; `value` is None for a reset or an unknown value."""

    name: str
    value: str | None
    local: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SetConstraints(Action):
    """SET CONSTRAINTS; `constraints` is None for ALL."""

    constraints: tuple[str, ...] | None
    deferred: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TransactionControl(Action):
    """BEGIN, COMMIT, ROLLBACK and SAVEPOINTs. chain: another transaction begins at once.

    savepoint: the one that is made; with `undoes`, that is rolled back to. prepares: PREPARE
    TRANSACTION, which leaves it open for another session.
    """

    command: Literal["begin", "commit", "rollback", "savepoint"]
    chain: bool = False
    savepoint: str | None = None
    undoes: bool = False
    prepares: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Opaque(Action):
    """Code that cannot be judged from outside: DO, CALL, EXECUTE, an unknown command.

    outside: whether PostgreSQL refuses it inside a transaction. procedure: that CALL runs.
    """

    what: str
    reason: str
    outside: bool = False
    procedure: str | None = None
