"""What the tables hold, kept aside, and whether it is still there later."""

from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import sql

from migrator.backfill.fragment import fragment
from migrator.database import server_message
from migrator.rehearse.catalog import Column, TableShape, read_tables

# Copies hold text only, so that they never depend on a type that a downgrade drops.
SCHEMA = "rehearsal"


class Contents:
    """The rows of every table at one moment, as text, in tables of their own.

    label: tells these copies from others at the same time. Leaving the block drops them.
    version_table: Alembic's own, which is left out. empty: the tables that held none.
    """

    def __init__(
        self, connection: "psycopg.Connection[Any]", label: str, *, version_table: str
    ) -> None:
        self.connection = connection
        self.version_table = version_table
        self.tables = read_tables(connection, version_table)
        connection.execute("CREATE SCHEMA IF NOT EXISTS rehearsal")
        self.empty: list[TableShape] = []
        self._copies: dict[tuple[str, str], sql.Identifier] = {}
        for number, (name, table) in enumerate(self.tables.items()):
            copy = sql.Identifier(SCHEMA, f"{label}_{number}")
            columns = sql.SQL(", ").join(
                sql.SQL("{0}::text AS {0}").format(sql.Identifier(column.name))
                for column in table.columns
            )
            copied = connection.execute(
                sql.SQL("CREATE TABLE {} AS SELECT {} FROM {}").format(
                    copy, columns, table.identifier
                )
            )
            self._copies[name] = copy
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
        now = read_tables(self.connection, self.version_table)
        for name, table in self.tables.items():
            if name not in now:
                yield table.label, "the table is gone"
                continue
            present = {column.name: column for column in now[name].columns}
            for column in table.columns:
                if column.name not in present:
                    yield f"{table.label}.{column.name}", "the column is gone"
            yield from self._changed(table, present)

    def _changed(self, table: TableShape, now: dict[str, Column]) -> Iterable[tuple[str, str]]:
        kept = [column for column in table.columns if column.name in now]
        try:
            if table.primary_key and set(table.primary_key) <= set(now):
                yield from self._by_key(table, kept, now)
            else:
                yield from self._by_row(table, kept)
        except psycopg.Error as error:
            yield table.label, f"its rows cannot be compared: {server_message(error)}"

    def _by_key(
        self, table: TableShape, kept: list[Column], now: dict[str, Column]
    ) -> Iterable[tuple[str, str]]:
        same = sql.SQL(" AND ").join(
            sql.SQL("old.{0} = new.{0}::text").format(sql.Identifier(name))
            for name in table.primary_key
        )
        copy, current = self._copies[table.name], table.identifier
        lost = self._count(
            sql.SQL(
                "SELECT count(*) FROM {} AS old WHERE NOT EXISTS (SELECT FROM {} AS new WHERE {})"
            ).format(copy, current, same)
        )
        if lost:
            yield table.label, f"{lost} rows are gone"
        for column in kept:
            query = sql.SQL("SELECT count(*) FROM {} AS old JOIN {} AS new ON {} WHERE {}").format(
                copy, current, same, _differs(column, now[column.name])
            )
            subject = f"{table.label}.{column.name}"
            try:
                changed = self._count(query)
            except psycopg.Error as error:
                yield subject, f"its values cannot be compared: {server_message(error)}"
                continue
            if changed:
                yield subject, f"{changed} values are different"

    def _by_row(self, table: TableShape, kept: list[Column]) -> Iterable[tuple[str, str]]:
        columns = sql.SQL(", ").join(
            sql.SQL("{}::text").format(sql.Identifier(column.name)) for column in kept
        )
        lost = self._count(
            sql.SQL(
                "SELECT count(*) FROM (SELECT {0} FROM {1} EXCEPT ALL SELECT {0} FROM {2}) x"
            ).format(columns, self._copies[table.name], table.identifier)
        )
        if lost:
            yield table.label, f"{lost} rows are gone or different"

    def _count(self, query: sql.Composed) -> int:
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0


def _differs(old: Column, new: Column) -> sql.Composed:
    """Whether the text old.column and new.column are different values.

    Numbers and times are compared with what they were, so that 5 and 5.00 are no difference
    and 5.25 and 5.3 are; other values as the text that they are in the type they have now, and
    all without its length or precision, a cast to which would lose what the revision lost.
    """
    parts = {
        "column": sql.Identifier(old.name),
        "was": fragment(old.bare),
        "is": fragment(new.bare),
    }
    measured = new.category[-1] in "NDT"
    if not measured or old.category != new.category or "money" in (old.bare, new.bare):
        cast = "::text" if not measured else ""
        template = "(old.{column}::{is})" + cast + " IS DISTINCT FROM (new.{column}::{is})" + cast
    elif new.category.startswith("A"):
        template = "old.{column}::{was} IS DISTINCT FROM new.{column}::{was}"
    else:
        template = "old.{column}::{was} IS DISTINCT FROM new.{column}"
    return fragment(template).format(**parts)
