"""Rows for tables that have none, parents first."""

from collections.abc import Collection, Mapping
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.fragment import fragment
from migrator.database import server_message
from migrator.rehearse.catalog import Column, ForeignKey, TableName, TableShape, read_tables
from migrator.rehearse.circles import OpenCircleError, close_circle, has_rows
from migrator.rehearse.own_types import OwnType, read_own_types
from migrator.rehearse.values import value

# Every so many rows, a column that may be NULL is.
NULL_EVERY = 5


class RowGenerator:
    """Adds rows to every table; a table it cannot fill is named in `notes`, with the reason.

    version_table: Alembic's own, which is left alone.
    """

    def __init__(self, version_table: str) -> None:
        self.version_table = version_table
        self.notes: dict[str, str] = {}
        # Numbers go on from one call to the next, so that unique columns stay unique.
        self._next: dict[TableName, int] = {}

    def fill(self, connection: "psycopg.Connection[Any]", rows: int) -> None:
        """Adds that many rows to each table that the database has now."""
        try:
            self._fill_all(connection, rows, circles=True)
        except (psycopg.Error, OpenCircleError):
            # Without the tables of circles, which are noted then.
            self._fill_all(connection, rows, circles=False)

    def _fill_all(self, connection: "psycopg.Connection[Any]", rows: int, *, circles: bool) -> None:
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
                if self._fill(connection, table, rows, types, ahead=ahead):
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
    ) -> bool:
        """Whether the table took the rows. ahead: keys whose parents come later."""
        first = self._next.get(table.name, 1)
        try:
            statement = insert_statement(table, first, first + rows - 1, types, ahead=ahead)
            with connection.transaction():
                if ahead:
                    connection.execute("SET LOCAL session_replication_role = replica")
                connection.execute(statement)
                if ahead:
                    connection.execute("SET LOCAL session_replication_role = origin")
        except (psycopg.Error, UnknownTypeError) as error:
            reason = server_message(error)
            self.notes[table.label] = f"{table.label} was given no rows: {reason}"
            return False
        self._next[table.name] = first + rows
        self.notes.pop(table.label, None)
        return True


class UnknownTypeError(Exception):
    """A required column is of a type that no value is known for."""


def parents_first(tables: Mapping[TableName, TableShape]) -> list[TableShape]:
    """Tables in an order in which foreign keys find their parents; circles end somewhere."""
    ordered: dict[TableName, TableShape] = {}

    def visit(table: TableShape, above: frozenset[TableName]) -> None:
        for key in table.foreign_keys:
            if key.parent in tables and key.parent not in above | {table.name}:
                visit(tables[key.parent], above | {table.name})
        ordered.setdefault(table.name, table)

    for table in tables.values():
        visit(table, frozenset())
    return list(ordered.values())


def insert_statement(
    table: TableShape,
    first: int,
    last: int,
    types: Mapping[str, OwnType],
    *,
    ahead: Collection[ForeignKey] = (),
) -> sql.Composed:
    """INSERT … SELECT over the row numbers first to last. Raises UnknownTypeError.

    types: the application's own. ahead: keys whose parents are not there yet; what stands in
    for them leads nowhere.
    """
    keys = {column: key for key in table.foreign_keys for column in key.columns}
    names: list[sql.Identifier] = []
    values: list[sql.Composable] = []
    for column in table.columns:
        key = keys.get(column.name)
        if key is not None:
            expression = _parent_value(column, key)
            if key in ahead and column.not_null:
                stand_in = _own_value(column, types)
                expression = sql.SQL("coalesce({}, {})").format(expression, stand_in)
        elif column.given:
            continue
        else:
            expression = _own_value(column, types)
        if expression is not None:
            names.append(sql.Identifier(column.name))
            values.append(expression)
    series = sql.SQL("generate_series({}::bigint, {}::bigint) AS g").format(
        sql.Literal(first), sql.Literal(last)
    )
    if not names:
        return sql.SQL("INSERT INTO {} DEFAULT VALUES").format(table.identifier)
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
        table.identifier, sql.SQL(", ").join(names), sql.SQL(", ").join(values), series
    )


def _required(table: TableShape, key: ForeignKey) -> bool:
    return any(column.not_null and column.name in key.columns for column in table.columns)


def _own_value(column: Column, types: Mapping[str, OwnType]) -> sql.Composable | None:
    expression = value(column, types)
    if expression is None:
        if column.not_null:
            raise UnknownTypeError(
                f"{column.name} is of type {column.type}, for which no value is known"
            )
        return None
    if column.not_null:
        return fragment(expression)
    return fragment(f"CASE WHEN g % {NULL_EVERY} <> 0 THEN {expression} END")


def _parent_value(column: Column, key: ForeignKey) -> sql.Composable:
    source = key.parent_columns[key.columns.index(column.name)]
    parent = sql.Identifier(*key.parent)
    order = sql.SQL(", ").join(map(sql.Identifier, key.parent_columns))
    # The g-th parent in the order of its key, round and round.
    return sql.SQL(
        "(SELECT {} FROM {} ORDER BY {} LIMIT 1 OFFSET g % greatest((SELECT count(*) FROM {}), 1))"
    ).format(sql.Identifier(source), parent, order, parent)
