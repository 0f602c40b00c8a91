"""Rows for all tables, parents first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from migrator.database import server_message
from migrator.rows.circles import OpenCircleError, close_circle, has_rows
from migrator.rows.given import keys_of
from migrator.rows.insertion import Insertion, TakenError, UnknownTypeError
from migrator.snapshot import Catalog, Constraint, Table
from migrator.snapshot.type_facts import OwnType, read_own_types

# A table's name, and that of one of its columns.
ColumnName = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A table that was given no row, or no more of them, and why.

    taken: what it gives a row by itself is there already. broken: a function that the table runs
    names what is not there.
    """

    table: str
    reason: str
    holds_rows: bool
    taken: bool
    broken: bool

    def __str__(self) -> str:
        what = "no more rows" if self.holds_rows else "no rows"
        return f"{self.table} was given {what}: {self.reason}"


class RowGenerator:
    """Adds rows to every table; a table that it cannot fill is in `refused`, by its name.

    extremes: let some rows have NULL where they may, and in others what is at the limits of a
        column's type. Without them every row bears NOT NULL, and most types of less room.
    """

    def __init__(self, *, extremes: bool) -> None:
        self.extremes = extremes
        self.refused: dict[str, Refusal] = {}
        # Numbers go on from one call to the next, so that unique columns stay unique.
        self._next: dict[str, int] = {}

    def fill(
        self,
        connection: "psycopg.Connection[Any]",
        catalog: Catalog,
        rows: int,
        *,
        only_empty: bool = False,
        modest: Collection[ColumnName] = (),
    ) -> dict[str, str]:
        """Adds that many rows to each table of the catalog, which is as the database is now.

        only_empty: leave alone a table that holds some.
        modest: columns whose values stay away from the limits of their types.

        Returns the tables that can take no row, as what they give it by themselves is there
        already, or as a function of theirs is broken, and PostgreSQL's word for it.
        """
        filling = _Filling(
            connection=connection,
            catalog=catalog,
            types=read_own_types(connection),
            rows=rows,
            only_empty=only_empty,
            modest=modest,
        )
        try:
            self._fill_all(filling, circles=True)
        except (psycopg.Error, OpenCircleError):
            # Without the tables of circles, which are refused then.
            self._fill_all(filling, circles=False)
        return {
            name: refusal.reason
            for name, refusal in self.refused.items()
            if (refusal.taken or refusal.broken) and name in catalog.tables
        }

    def _fill_all(self, filling: "_Filling", *, circles: bool) -> None:
        connection, catalog = filling.connection, filling.catalog
        tables = parents_first(catalog.insertable())
        opened: list[tuple[Table, Constraint]] = []
        with connection.transaction():
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for place, table in enumerate(tables):
                if filling.only_empty and filling.has_rows(table.name):
                    continue
                later = {each.name for each in tables[place:]} if circles else frozenset()
                ahead = [
                    key
                    for key in keys_of(table)
                    if key.references is not None
                    and key.references in later
                    and any(table.columns[name].not_null for name in key.columns)
                    and not filling.has_rows(key.references)
                ]
                if self._fill(filling, table, ahead):
                    opened += [(table, key) for key in ahead]
            for table, key in opened:
                close_circle(connection, catalog, table, key)

    def _fill(self, filling: "_Filling", table: Table, ahead: list[Constraint]) -> bool:
        """Whether the table took the rows. ahead: keys whose parents come later."""
        first = self._next.get(table.name, 1)
        insertion = Insertion(
            table=table,
            catalog=filling.catalog,
            types=filling.types,
            first=first,
            last=first + filling.rows - 1,
            nulls=self.extremes,
            ahead=[key.name for key in ahead],
        )
        limited = filling.immodest(table) if self.extremes else frozenset()
        try:
            insertion.run(filling.connection, limited=limited)
        except (psycopg.Error, UnknownTypeError, TakenError) as error:
            self.refused[table.name] = Refusal(
                table=table.name,
                reason=server_message(error),
                holds_rows=filling.has_rows(table.name),
                taken=isinstance(error, TakenError),
                broken=isinstance(error, psycopg.Error) and is_broken_function(error),
            )
            return False
        self._next[table.name] = first + filling.rows
        self.refused.pop(table.name, None)
        return True


def is_broken_function(error: psycopg.Error) -> bool:
    """Whether a function failed by a name or a type that is not there (SQLSTATE class 42)."""
    return (error.sqlstate or "").startswith("42") and "function" in (error.diag.context or "")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Filling:
    """One call's work."""

    connection: "psycopg.Connection[Any]"
    catalog: Catalog
    types: Mapping[str, OwnType]
    rows: int
    only_empty: bool
    modest: Collection[ColumnName]

    def has_rows(self, table: str) -> bool:
        return has_rows(self.connection, sql.Identifier(*self.catalog.schema_and_name(table)))

    def immodest(self, table: Table) -> frozenset[str]:
        """The columns whose values may reach the limits of their types."""
        return frozenset(name for name in table.columns if (table.name, name) not in self.modest)


def parents_first(tables: Mapping[str, Table]) -> list[Table]:
    """Tables in an order in which foreign keys find their parents; circles end somewhere."""
    ordered: dict[str, Table] = {}

    def visit(table: Table, above: frozenset[str]) -> None:
        for key in keys_of(table):
            parent = tables.get(key.references or "")
            if parent is not None and parent.name not in ordered.keys() | above | {table.name}:
                visit(parent, above | {table.name})
        ordered.setdefault(table.name, table)

    for table in tables.values():
        visit(table, frozenset())
    return list(ordered.values())
