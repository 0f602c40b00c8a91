"""What the tables hold, kept aside, and whether it is still there later."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from migrator.database import server_message
from migrator.fragment import fragment
from migrator.snapshot import Catalog, Table
from migrator.snapshot.type_facts import BareType, read_bare_types

# Copies hold text only, so that they never depend on a type that a downgrade drops.
SCHEMA = "rehearsal"


class Contents:
    """The rows of every table at one moment, as text, in tables of their own.

    label: tells these copies from others at the same time. Leaving the block drops them.
    read: reads the application's catalog. empty: the tables that held none.
    """

    def __init__(
        self, connection: "psycopg.Connection[Any]", label: str, *, read: Callable[[], Catalog]
    ) -> None:
        self.connection = connection
        self.read = read
        self.tables = read().insertable()
        self._types = self._types_of(self.tables)
        connection.execute("CREATE SCHEMA IF NOT EXISTS rehearsal")
        self.empty: list[Table] = []
        self._copies: dict[str, sql.Identifier] = {}
        for number, table in enumerate(self.tables.values()):
            copy = sql.Identifier(SCHEMA, f"{label}_{number}")
            columns = sql.SQL(", ").join(
                sql.SQL("{0}::text AS {0}").format(sql.Identifier(name)) for name in table.columns
            )
            copied = connection.execute(
                sql.SQL("CREATE TABLE {} AS SELECT {} FROM {}").format(
                    copy, columns, _identifier(table)
                )
            )
            self._copies[table.name] = copy
            if not copied.rowcount:
                self.empty.append(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for copy in self._copies.values():
            self.connection.execute(sql.SQL("DROP TABLE {}").format(copy))

    def losses(self) -> Iterable[tuple[str, str]]:
        """What is no longer there: (table or table.column, what happened to it)."""
        now = self.read().insertable()
        types = self._types_of(now)
        for name, table in self.tables.items():
            if name not in now:
                yield name, "the table is gone"
                continue
            kept = [column for column in table.columns if column in now[name].columns]
            for column in table.columns:
                if column not in kept:
                    yield f"{name}.{column}", "the column is gone"
            yield from self._changed(table, now[name], kept, types)

    def _types_of(self, tables: dict[str, Table]) -> dict[str, BareType]:
        names = (column.type for table in tables.values() for column in table.columns.values())
        return read_bare_types(self.connection, names)

    def _changed(
        self, table: Table, now: Table, kept: list[str], types: dict[str, BareType]
    ) -> Iterable[tuple[str, str]]:
        try:
            key = table.primary_key_columns
            if key and set(key) <= set(kept):
                yield from self._by_key(table, now, kept, types)
            else:
                yield from self._by_row(table, kept)
        except psycopg.Error as error:
            yield table.name, f"its rows cannot be compared: {server_message(error)}"

    def _by_key(
        self, table: Table, now: Table, kept: list[str], types: dict[str, BareType]
    ) -> Iterable[tuple[str, str]]:
        same = sql.SQL(" AND ").join(
            sql.SQL("old.{0} = new.{0}::text").format(sql.Identifier(name))
            for name in table.primary_key_columns
        )
        copy, current = self._copies[table.name], _identifier(table)
        lost = self._count(
            sql.SQL(
                "SELECT count(*) FROM {} AS old WHERE NOT EXISTS (SELECT FROM {} AS new WHERE {})"
            ).format(copy, current, same)
        )
        if lost:
            yield table.name, f"{lost} rows are gone"
        for column in kept:
            was = self._types[table.columns[column].type]
            query = sql.SQL("SELECT count(*) FROM {} AS old JOIN {} AS new ON {} WHERE {}").format(
                copy, current, same, _differs(column, was, types[now.columns[column].type])
            )
            subject = f"{table.name}.{column}"
            try:
                changed = self._count(query)
            except psycopg.Error as error:
                yield subject, f"its values cannot be compared: {server_message(error)}"
                continue
            if changed:
                yield subject, f"{changed} values are different"

    def _by_row(self, table: Table, kept: list[str]) -> Iterable[tuple[str, str]]:
        columns = sql.SQL(", ").join(
            sql.SQL("{}::text").format(sql.Identifier(column)) for column in kept
        )
        lost = self._count(
            sql.SQL(
                "SELECT count(*) FROM (SELECT {0} FROM {1} EXCEPT ALL SELECT {0} FROM {2}) x"
            ).format(columns, self._copies[table.name], _identifier(table))
        )
        if lost:
            yield table.name, f"{lost} rows are gone or different"

    def _count(self, query: sql.Composed) -> int:
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0


def _identifier(table: Table) -> sql.Identifier:
    return sql.Identifier(*table.schema_and_name)


def _differs(column: str, was: BareType, now: BareType) -> sql.Composed:
    """Whether the text old.column and new.column are different values.

    Numbers and times are compared with what they were, so that 5 and 5.00 are no difference
    and 5.25 and 5.3 are; other values as the text that they are in the type they have now, and
    all without its length or precision, a cast to which would lose what the revision lost.
    """
    parts = {
        "column": sql.Identifier(column),
        "was": fragment(was.name),
        "is": fragment(now.name),
    }
    measured = now.category[-1] in "NDT"
    if not measured or was.category != now.category or "money" in (was.name, now.name):
        cast = "::text" if not measured else ""
        template = "(old.{column}::{is})" + cast + " IS DISTINCT FROM (new.{column}::{is})" + cast
    elif now.category.startswith("A"):
        template = "old.{column}::{was} IS DISTINCT FROM new.{column}::{was}"
    else:
        template = "old.{column}::{was} IS DISTINCT FROM new.{column}"
    return fragment(template).format(**parts)
