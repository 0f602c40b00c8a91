"""One table's generated rows, as far out as the table takes them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import sql

from migrator.database import server_message
from migrator.fragment import fragment
from migrator.rows.circles import numbered_keys
from migrator.rows.given import given, keys_of
from migrator.rows.values import LIMIT_EVERY, value
from migrator.snapshot import Catalog, Column, Constraint, Table
from migrator.snapshot.type_facts import OwnType

# Every so many rows, a column that may be NULL is, where NULLs are asked for.
NULL_EVERY = 5


class UnknownTypeError(Exception):
    """A required column is of a type that no value is known for."""


class TakenError(Exception):
    """What the table gives a row by itself, such as a sequence's next number, is there already."""


@dataclass(frozen=True, kw_only=True)
class Insertion:
    """The rows with the numbers first to last.

    types: the application's own. nulls: let some rows have NULL where they may. ahead: keys whose
    parents are not there yet; what stands in for them leads nowhere.
    """

    table: Table
    catalog: Catalog
    types: Mapping[str, OwnType]
    first: int
    last: int
    nulls: bool
    ahead: Collection[str] = ()

    def run(self, connection: "psycopg.Connection[Any]", *, limited: frozenset[str]) -> None:
        """Inserts all rows or none, and raises psycopg.Error, UnknownTypeError or TakenError then.

        limited: columns to reach the limits of their types in, if the table takes it.
        """
        try:
            self._insert(connection, limited)
        except psycopg.Error as error:
            if self._is_taken(error):
                raise TakenError(server_message(error)) from error
            if not limited:
                raise
            # A CHECK, an index or a trigger takes less than a type; most columns bear theirs.
            bearing = frozenset(name for name in limited if self._bears(connection, name))
            try:
                self._insert(connection, bearing)
            except psycopg.Error:
                self._insert(connection, frozenset())

    def _is_taken(self, error: psycopg.Error) -> bool:
        if not isinstance(error, psycopg.errors.UniqueViolation):
            return False
        # Of a partitioned table, it is a partition that refused, with an index of its own.
        schema, name = error.diag.schema_name, error.diag.table_name
        refusing = self.catalog.table(self.catalog.path.name(schema, name or ""))
        unique = refusing.indexes.get(error.diag.constraint_name or "") if refusing else None
        if unique is None:
            return False
        keyed = {column for key in keys_of(self.table) for column in key.columns}
        own = {column.name for column in self._columns if given(self.table, column)} - keyed
        return {*(unique.columns or unique.uses)} <= own

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
    def _columns(self) -> Collection[Column]:
        return self.table.columns.values()

    def _statement(self, limited: frozenset[str]) -> sql.Composed:
        keys = keys_of(self.table)
        # A column of several keys has the value of the widest, which its other columns go with.
        key_of = {
            column: key
            for key in sorted(keys, key=lambda key: len(key.columns))
            for column in key.columns
        }
        names: list[sql.Identifier] = []
        values: list[sql.Composable] = []
        for column in self._columns:
            expression = self._expression(column, key_of.get(column.name), limited)
            if expression is not None:
                names.append(sql.Identifier(column.name))
                values.append(expression)
        listed = sql.SQL("({})").format(sql.SQL(", ").join(names)) if names else sql.SQL("")
        return sql.SQL("INSERT INTO {} {} SELECT {} FROM {} ORDER BY g").format(
            sql.Identifier(*self.table.schema_and_name),
            listed,
            sql.SQL(", ").join(values),
            self._source(keys),
        )

    def _expression(
        self, column: Column, key: Constraint | None, limited: frozenset[str]
    ) -> sql.Composable | None:
        """None for a column that gets its value by itself, or none."""
        if column.generated:
            return None
        if key is not None:
            place = sql.Identifier(f"k{key.columns.index(column.name)}")
            expression = sql.SQL("{}.{}").format(_alias(key), place)
            if key.name in self.ahead and column.not_null:
                stand_in = self._own_value(column, limited)
                return sql.SQL("coalesce({}, {})").format(expression, stand_in)
            return expression
        return None if given(self.table, column) else self._own_value(column, limited)

    def _source(self, keys: Collection[Constraint]) -> sql.Composed:
        """The row numbers, each with the g-th parent in the order of its key, round and round."""
        series = sql.SQL("generate_series({}::bigint, {}::bigint) AS g").format(
            sql.Literal(self.first), sql.Literal(self.last)
        )
        parents = [
            sql.SQL(
                "LEFT JOIN ({numbered}) AS {alias} ON {alias}.place ="
                " g % (SELECT greatest(count(*), 1) FROM {parent})"
            ).format(
                numbered=numbered_keys(self.catalog, key),
                alias=_alias(key),
                parent=sql.Identifier(*self.catalog.schema_and_name(key.references or "")),
            )
            for key in keys
        ]
        return sql.SQL(" ").join([series, *parents])

    def _own_value(self, column: Column, limited: frozenset[str]) -> sql.Composable | None:
        expression = value(self.table, column, self.types, limits=column.name in limited)
        if expression is None:
            if column.not_null:
                raise UnknownTypeError(
                    f"{column.name} is of type {column.type}, for which no value is known"
                )
            return None
        if column.not_null or not self.nulls:
            return fragment(expression)
        return fragment(f"CASE WHEN g % {NULL_EVERY} <> 0 THEN {expression} END")


def _alias(key: Constraint) -> sql.Identifier:
    # A name of its own: no column of a key's table hides it, whatever the table is called.
    return sql.Identifier(f"parent {key.name}")
