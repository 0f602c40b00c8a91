"""Walking a table by its key, of one or more columns of any orderable type."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.target import Leaf, count_pages
from migrator.backfill.walk import Position
from migrator.fragment import fragment

# Pages looked at for each part that a table is cut into.
SAMPLED_PAGES_PER_PART = 16
# The last row of each part but the last one. The names are no application's columns.
CUTS = sql.SQL("""
SELECT {texts} FROM (
    SELECT {names}, count(*) OVER () AS groundwork_rows,
        row_number() OVER (ORDER BY {names}) AS groundwork_place
    FROM ONLY {table} TABLESAMPLE SYSTEM ({percent})
) AS sample
WHERE groundwork_place < groundwork_rows AND groundwork_place * {parts} / groundwork_rows
    > (groundwork_place - 1) * {parts} / groundwork_rows
ORDER BY groundwork_place
""")


# Types whose text is the same whatever a session is set to, without length or precision.
PLAIN_TYPES = frozenset(
    {
        *("smallint", "integer", "bigint", "numeric", "oid", "boolean"),
        *("text", "character varying", "character", "name", '"char"', "citext"),
        *("uuid", "inet", "cidr", "macaddr", "macaddr8"),
    }
)
# Text of the others that every session reads alike.
TEXT_SETTINGS = """
SELECT set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true),
       set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true)
"""


class KeysetWalk:
    """Positions are the values of the key, compared as one row by the key's index."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self._is_plain = all(column.type.split("(")[0] in PLAIN_TYPES for column in leaf.key)
        names = [sql.Identifier(column.name) for column in leaf.key]
        self._names = sql.SQL(", ").join(names)
        self._row = self._names if len(names) == 1 else sql.SQL("({})").format(self._names)
        self._descending = sql.SQL(", ").join(sql.SQL("{} DESC").format(n) for n in names)
        self._texts = sql.SQL("ARRAY[{}]").format(
            sql.SQL(", ").join(sql.SQL("{}::text").format(name) for name in names)
        )

    def last(self, connection: "psycopg.Connection[Any]") -> Position | None:
        query = sql.SQL("SELECT {} FROM ONLY {} ORDER BY {} LIMIT 1")
        return self._position(
            connection, query.format(self._texts, self.leaf.identifier, self._descending)
        )

    def split(self, connection: "psycopg.Connection[Any]", parts: int) -> Sequence[Position]:
        if parts < 2:
            return []
        pages = count_pages(connection, self.leaf)
        percent = min(100.0, 100.0 * parts * SAMPLED_PAGES_PER_PART / pages) if pages else 100.0
        cuts = self._positions(
            connection,
            CUTS.format(
                texts=self._texts,
                names=self._names,
                table=self.leaf.identifier,
                percent=sql.Literal(percent),
                parts=sql.Literal(parts),
            ),
        )
        return list(dict.fromkeys(cuts))

    def step(
        self,
        connection: "psycopg.Connection[Any]",
        after: Position | None,
        upper: Position,
        size: int,
    ) -> Position | None:
        query = sql.SQL("SELECT {} FROM ONLY {} WHERE {} ORDER BY {} OFFSET {} LIMIT 1")
        return self._position(
            connection,
            query.format(
                self._texts,
                self.leaf.identifier,
                self.condition(after, upper),
                self._names,
                sql.Literal(size - 1),
            ),
        )

    def rows(
        self,
        connection: "psycopg.Connection[Any]",
        after: Position | None,
        upto: Position,
        wished: int,
    ) -> int:
        return wished

    def condition(self, after: Position | None, upto: Position) -> sql.Composed:
        upward = sql.SQL("{} <= {}").format(self._row, self._values(upto))
        if after is None:
            return upward
        return sql.SQL("{} > {} AND {}").format(self._row, self._values(after), upward)

    def _values(self, position: Position) -> sql.Composed:
        values = sql.SQL(", ").join(
            sql.SQL("{}::{}").format(sql.Literal(value), fragment(column.type))
            for value, column in zip(position, self.leaf.key, strict=True)
        )
        return sql.SQL("({})").format(values)

    def _position(
        self, connection: "psycopg.Connection[Any]", query: sql.Composed
    ) -> Position | None:
        return next(iter(self._positions(connection, query)), None)

    def _positions(
        self, connection: "psycopg.Connection[Any]", query: sql.Composed
    ) -> list[Position]:
        """What the server prints, under settings of ours where the text depends on any."""
        if self._is_plain:
            found = connection.execute(query).fetchall()
        else:
            # Rolled back, so that the author's expressions do not see these settings.
            with connection.transaction(force_rollback=True):
                connection.execute(TEXT_SETTINGS)
                found = connection.execute(query).fetchall()
        return [tuple(row[0]) for row in found]
