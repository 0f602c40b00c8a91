"""Walking a table without a key in the order of its pages."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.target import Leaf, count_pages
from migrator.backfill.walk import Position

# Over the whole table: much of it may be empty, and its statistics old.
SAMPLED_PAGES = 200
DENSITY = sql.SQL(
    "SELECT coalesce(sum(rows), 0)::float8, coalesce(max(rows), 0) FROM (SELECT count(*) AS rows"
    " FROM ONLY {} TABLESAMPLE SYSTEM ({}) REPEATABLE (1)"
    " GROUP BY (ctid::text::point)[0]) AS page"
)


class BlockWalk:
    """Positions are page numbers: all pages before that number.

    Rows move when they are updated, so only a backfill with `where` may walk like this: a row
    that is met again is no longer due, and one that moved behind the walk is found by the
    next pass.
    """

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self._density: tuple[float, float] | None = None

    def last(self, connection: "psycopg.Connection[Any]") -> Position | None:
        pages = count_pages(connection, self.leaf)
        return (str(pages),) if pages else None

    def split(self, connection: "psycopg.Connection[Any]", parts: int) -> Sequence[Position]:
        pages = count_pages(connection, self.leaf)
        cuts = [pages * part // parts for part in range(1, parts)]
        return [(str(cut),) for cut in dict.fromkeys(cuts) if cut]

    def step(
        self,
        connection: "psycopg.Connection[Any]",
        after: Position | None,
        upper: Position,
        size: int,
    ) -> Position | None:
        _, most = self._measure(connection)
        pages = max(1, round(size / most))
        end = _page(after) + pages
        return None if end >= _page(upper) else (str(end),)

    def condition(self, after: Position | None, upto: Position) -> sql.Composed:
        return sql.SQL("ctid >= {}::tid AND ctid < {}::tid").format(
            sql.Literal(f"({_page(after)},0)"), sql.Literal(f"({_page(upto)},0)")
        )

    def rows(
        self,
        connection: "psycopg.Connection[Any]",
        after: Position | None,
        upto: Position,
        wished: int,
    ) -> int:
        mean, _ = self._measure(connection)
        return round((_page(upto) - _page(after)) * mean)

    def _measure(self, connection: "psycopg.Connection[Any]") -> tuple[float, float]:
        """Rows per page: on average, and the most, so that no batch has far too many."""
        if self._density is None:
            pages = count_pages(connection, self.leaf)
            percent = min(100.0, 100.0 * SAMPLED_PAGES / pages) if pages else 100.0
            counted = connection.execute(
                DENSITY.format(self.leaf.identifier, sql.Literal(percent))
            ).fetchone()
            rows, most = counted or (0, 0)
            sampled = max(1.0, pages * percent / 100)
            self._density = (rows / sampled, max(1.0, most))
        return self._density


def _page(position: Position | None) -> int:
    return 0 if position is None else int(position[0])
