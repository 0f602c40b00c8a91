"""What a backfill is: which rows of a table still need what."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from pglast import parse_sql
from pglast.parser import ParseError
from psycopg import sql

from migrator.backfill.function_code import function_code
from migrator.backfill.table_name import parse_table_name

Row = Mapping[str, Any]
RowFunction = Callable[[Sequence[Row]], Sequence[Row | None]]
BatchFunction = Callable[["psycopg.Connection[Any]", "Batch"], int]

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """The rows that a batch function has to fill, in the transaction it is called in.

    table: the table, or the partition, that the rows are in; ready to compose.
    condition: SQL that holds for exactly the rows of this batch which still need work. It knows
        them by the table's own name, so give that no alias.
    """

    table: sql.Identifier
    condition: sql.Composable


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """Fills columns of the rows that a table already has, online and in small batches.

    name: identifies the backfill in the database and on the command line
        (lower-case letters, digits and underscores).
    table: the table, with its schema where search_path would not find it. A partitioned
        table means all its partitions.
    Exactly one of these does the work:
      set: an SQL expression per column, over the columns of the row.
      function: is given the rows of a batch as mappings of column to value, locked, and
        returns for each row, in the same order, the columns to change or None.
      batch: is given the connection and a `Batch`, and returns how many rows it changed.
    where: SQL that is true for a row until it is done, such as ``email IS NULL``.
        Without it a row is done once the backfill has passed it, and `key` is needed.
    key: the columns to walk the table by: NOT NULL and with a unique index.
        Default: the primary key, else a unique key, else physical order.
    columns: the columns that `function` reads. Default: all.

    Raises ValueError, naming the field, for what can be told without a database.
    """

    name: str
    table: str
    set: Mapping[str, str] | None = None
    function: RowFunction | None = None
    batch: BatchFunction | None = None
    where: str | None = None
    key: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        self._check_types()
        if not NAME.fullmatch(self.name):
            raise ValueError(
                f"Backfill name {self.name!r}: use lower-case letters, digits and "
                "underscores, a letter first, 63 at most"
            )
        given = [field for field in ("set", "function", "batch") if getattr(self, field)]
        if len(given) != 1:
            raise ValueError(
                f"Backfill {self.name}: give exactly one of set, function and batch, "
                f"not {' and '.join(given) or 'none'}"
            )
        for column, expression in (self.set or {}).items():
            self._check_expression(f"set[{column!r}]", expression)
        if self.where is not None:
            self._check_expression("where", self.where)

    def _check_types(self) -> None:
        for field, value, kind, right in (
            ("name", self.name, "a text", isinstance(self.name, str)),
            ("table", self.table, "a text", isinstance(self.table, str)),
            ("set", self.set, "a mapping of column to SQL expression", _is_text_mapping(self.set)),
            ("function", self.function, "a function", _is_callable(self.function)),
            ("batch", self.batch, "a function", _is_callable(self.batch)),
            ("where", self.where, "an SQL expression", isinstance(self.where, str | None)),
            ("key", self.key, "a tuple of column names", _is_names(self.key)),
            ("columns", self.columns, "a tuple of column names", _is_names(self.columns)),
        ):
            if not right:
                raise ValueError(f"Backfill {self.name}: {field} must be {kind}, not {value!r}")
        try:
            parse_table_name(self.table)
        except ValueError as error:
            raise ValueError(f"Backfill {self.name}: table: {error}") from None

    def fingerprint(self) -> str:
        """Changes when the rows to do, or what is done to them, changes.

        Of Python code the function itself is looked at, not what it calls.
        """
        work = self.function or self.batch
        if work is None:
            return self._former_fingerprint()
        kind = "function" if self.function else "batch"
        return _digest([self._former_fingerprint(), kind, self.columns, function_code(work)])

    def began_as(self, fingerprint: str) -> bool:
        """Whether progress with that fingerprint is that of this definition."""
        return fingerprint in (self.fingerprint(), self._former_fingerprint())

    def _former_fingerprint(self) -> str:
        """What former versions noted, which did not look at Python code."""
        return _digest([self.table, self.where, self.key, sorted((self.set or {}).items())])

    def _check_expression(self, field: str, expression: str) -> None:
        try:
            statements = parse_sql(f"SELECT ({expression}\n)")
        except ParseError as error:
            raise ValueError(
                f"Backfill {self.name}: {field} is not an SQL expression: {expression!r} "
                f"({error.args[0]})"
            ) from error
        if len(statements) != 1:
            raise ValueError(f"Backfill {self.name}: {field} holds more than one statement")


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _is_text_mapping(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, Mapping) and all(
        isinstance(part, str) for pair in value.items() for part in pair
    )


def _is_callable(value: object) -> bool:
    return value is None or callable(value)


def _is_names(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, tuple | list) and all(isinstance(name, str) for name in value)
