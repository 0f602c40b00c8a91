"""Rows for tables that have none, parents first."""

from collections.abc import Collection, Mapping
from typing import Any

import psycopg

from migrator.database import server_message
from migrator.rehearse.catalog import ForeignKey, TableName, TableShape, read_tables
from migrator.rehearse.circles import OpenCircleError, close_circle, has_rows
from migrator.rehearse.insertion import Insertion, TakenError, UnknownTypeError
from migrator.rehearse.own_types import OwnType, read_own_types

ColumnName = tuple[TableName, str]


class RowGenerator:
    """Adds rows to every table; a table it cannot fill is named in `notes`, with the reason.

    version_table: Alembic's own, which is left alone.
    """

    def __init__(self, version_table: str) -> None:
        self.version_table = version_table
        self.notes: dict[str, str] = {}
        # Numbers go on from one call to the next, so that unique columns stay unique.
        self._next: dict[TableName, int] = {}
        self._taken: dict[str, str] = {}

    def fill(
        self,
        connection: "psycopg.Connection[Any]",
        rows: int,
        *,
        modest: Collection[ColumnName] = (),
    ) -> dict[str, str]:
        """Adds that many rows to each table that the database has now.

        Returns the tables that can take no row, as what they give it by themselves is there
        already, and PostgreSQL's word for it.
        modest: columns whose values stay away from the limits of their types.
        """
        self._taken = {}
        try:
            self._fill_all(connection, rows, modest, circles=True)
        except (psycopg.Error, OpenCircleError):
            # Without the tables of circles, which are noted then.
            self._fill_all(connection, rows, modest, circles=False)
        return self._taken

    def _fill_all(
        self,
        connection: "psycopg.Connection[Any]",
        rows: int,
        modest: Collection[ColumnName],
        *,
        circles: bool,
    ) -> None:
        tables = parents_first(read_tables(connection, self.version_table))
        types = read_own_types(connection)
        opened: list[tuple[TableShape, ForeignKey]] = []
        with connection.transaction():
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for place, table in enumerate(tables):
                later = {each.name for each in tables[place:]} if circles else frozenset()
                ahead = [
                    key
                    for key in table.foreign_keys
                    if key.parent in later
                    and _required(table, key)
                    and not has_rows(connection, key.parent)
                ]
                if self._fill(connection, table, rows, types, ahead=ahead, modest=modest):
                    opened += [(table, key) for key in ahead]
            for table, key in opened:
                close_circle(connection, table, key)

    def _fill(
        self,
        connection: "psycopg.Connection[Any]",
        table: TableShape,
        rows: int,
        types: Mapping[str, OwnType],
        *,
        ahead: Collection[ForeignKey],
        modest: Collection[ColumnName],
    ) -> bool:
        """Whether the table took the rows. ahead: keys whose parents come later."""
        first = self._next.get(table.name, 1)
        insertion = Insertion(
            table=table, types=types, first=first, last=first + rows - 1, ahead=ahead
        )
        try:
            insertion.run(connection, limited=_except(modest, table))
        except (psycopg.Error, UnknownTypeError, TakenError) as error:
            reason = server_message(error)
            what = "no more rows" if has_rows(connection, table.name) else "no rows"
            self.notes[table.label] = f"{table.label} was given {what}: {reason}"
            if isinstance(error, TakenError):
                self._taken[table.label] = reason
            return False
        self._next[table.name] = first + rows
        self.notes.pop(table.label, None)
        return True


def parents_first(tables: Mapping[TableName, TableShape]) -> list[TableShape]:
    """Tables in an order in which foreign keys find their parents; circles end somewhere."""
    ordered: dict[TableName, TableShape] = {}

    def visit(table: TableShape, above: frozenset[TableName]) -> None:
        for key in table.foreign_keys:
            if key.parent in tables and key.parent not in ordered.keys() | above | {table.name}:
                visit(tables[key.parent], above | {table.name})
        ordered.setdefault(table.name, table)

    for table in tables.values():
        visit(table, frozenset())
    return list(ordered.values())


def _required(table: TableShape, key: ForeignKey) -> bool:
    return any(column.not_null and column.name in key.columns for column in table.columns)


def _except(modest: Collection[ColumnName], table: TableShape) -> frozenset[str]:
    names = (column.name for column in table.columns)
    return frozenset(name for name in names if (table.name, name) not in modest)
