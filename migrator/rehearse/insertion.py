"""One table's generated rows, as far out as the table takes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.fragment import fragment
from migrator.database import server_message
from migrator.rehearse.catalog import Column, ForeignKey, TableShape
from migrator.rehearse.circles import numbered_keys
from migrator.rehearse.own_types import OwnType
from migrator.rehearse.values import LIMIT_EVERY, value

# Every so many rows, a column that may be NULL is.
NULL_EVERY = 5
INDEXED = """
SELECT a.attname
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE c.relnamespace::regnamespace = quote_ident(%s)::regnamespace AND c.relname = %s
"""


class UnknownTypeError(Exception):
    """A required column is of a type that no value is known for."""


class TakenError(Exception):
    """What the table gives a row by itself, such as a sequence's next number, is there already."""


@dataclass(frozen=True, kw_only=True)
class Insertion:
    """The rows with the numbers first to last.

    types: the application's own. ahead: keys whose parents are not there yet; what stands in
    for them leads nowhere.
    """

    table: TableShape
    types: Mapping[str, OwnType]
    first: int
    last: int
    ahead: Collection[ForeignKey] = ()

    def run(self, connection: "psycopg.Connection[Any]", *, limited: frozenset[str]) -> None:
        """Inserts all rows or none, and raises psycopg.Error, UnknownTypeError or TakenError then.

        limited: columns to reach the limits of their types in, if the table takes it.
        """
        try:
            self._insert(connection, limited)
        except psycopg.Error as error:
            if self._is_taken(connection, error):
                raise TakenError(server_message(error)) from error
            # A CHECK, an index or a trigger takes less than a type; most columns bear theirs.
            bearing = frozenset(name for name in limited if self._bears(connection, name))
            try:
                self._insert(connection, bearing)
            except psycopg.Error:
                self._insert(connection, frozenset())

    def _is_taken(self, connection: "psycopg.Connection[Any]", error: psycopg.Error) -> bool:
        if not isinstance(error, psycopg.errors.UniqueViolation):
            return False
        unique = connection.execute(INDEXED, [self.table.name[0], error.diag.constraint_name])
        own = {column.name for column in self.table.columns if column.given}.difference(self._keys)
        return {name for (name,) in unique} <= own

    def _bears(self, connection: "psycopg.Connection[Any]", name: str) -> bool:
        few = replace(self, last=min(self.last, self.first + 2 * LIMIT_EVERY - 1))
        try:
            with connection.transaction(force_rollback=True):
                few._insert(connection, frozenset([name]))
        except psycopg.Error:
            return False
        return True

    def _insert(self, connection: "psycopg.Connection[Any]", limited: frozenset[str]) -> None:
        statement = self._statement(limited)
        with connection.transaction():
            if self.ahead:
                connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(statement)
            if self.ahead:
                connection.execute("SET LOCAL session_replication_role = origin")

    @property
    def _keys(self) -> dict[str, ForeignKey]:
        return {column: key for key in self.table.foreign_keys for column in key.columns}

    def _statement(self, limited: frozenset[str]) -> sql.Composed:
        names: list[sql.Identifier] = []
        values: list[sql.Composable] = []
        for column in self.table.columns:
            key = self._keys.get(column.name)
            if key is not None:
                expression = _parent_value(self._alias(key), column, key)
                if key in self.ahead and column.not_null:
                    stand_in = self._own_value(column, limited)
                    expression = sql.SQL("coalesce({}, {})").format(expression, stand_in)
            elif column.given:
                continue
            else:
                expression = self._own_value(column, limited)
            if expression is not None:
                names.append(sql.Identifier(column.name))
                values.append(expression)
        listed = sql.SQL("({})").format(sql.SQL(", ").join(names)) if names else sql.SQL("")
        return sql.SQL("INSERT INTO {} {} SELECT {} FROM {} ORDER BY g").format(
            self.table.identifier, listed, sql.SQL(", ").join(values), self._source()
        )

    def _source(self) -> sql.Composed:
        """The row numbers, each with the g-th parent in the order of its key, round and round."""
        series = sql.SQL("generate_series({}::bigint, {}::bigint) AS g").format(
            sql.Literal(self.first), sql.Literal(self.last)
        )
        parents = [
            sql.SQL(
                "LEFT JOIN ({numbered}) AS {alias} ON {alias}.place ="
                " g % (SELECT greatest(count(*), 1) FROM {parent})"
            ).format(
                numbered=numbered_keys(key),
                alias=self._alias(key),
                parent=sql.Identifier(*key.parent),
            )
            for key in self.table.foreign_keys
        ]
        return sql.SQL(" ").join([series, *parents])

    def _alias(self, key: ForeignKey) -> sql.Identifier:
        return sql.Identifier(f"parent_{self.table.foreign_keys.index(key)}")

    def _own_value(self, column: Column, limited: frozenset[str]) -> sql.Composable | None:
        expression = value(column, self.types, limits=column.name in limited)
        if expression is None:
            if column.not_null:
                raise UnknownTypeError(
                    f"{column.name} is of type {column.type}, for which no value is known"
                )
            return None
        if column.not_null:
            return fragment(expression)
        return fragment(f"CASE WHEN g % {NULL_EVERY} <> 0 THEN {expression} END")


def _parent_value(alias: sql.Identifier, column: Column, key: ForeignKey) -> sql.Composable:
    number = key.columns.index(column.name)
    return sql.SQL("{}.{}").format(alias, sql.Identifier(f"k{number}"))
