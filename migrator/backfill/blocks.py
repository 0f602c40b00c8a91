"""Walking a table without a key in the order of its pages."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.target import Leaf, count_pages
from migrator.backfill.walk import Position


class BlockWalk:
    """Positions are page numbers: all pages before that number.

    Rows move when they are updated, so only a backfill with `where` may walk like this: a row
    that is met again is no longer due, and one that moved behind the walk is found by the
    next pass.
    """

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self._rows_per_page: float | None = None

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
        pages = max(1, round(size / self._density(connection)))
        end = _page(after) + pages
        return None if end >= _page(upper) else (str(end),)

    def condition(self, after: Position | None, upto: Position) -> sql.Composed:
        return sql.SQL("ctid >= {}::tid AND ctid < {}::tid").format(
            sql.Literal(f"({_page(after)},0)"), sql.Literal(f"({_page(upto)},0)")
        )

    def _density(self, connection: "psycopg.Connection[Any]") -> float:
        if self._rows_per_page is None:
            rows = connection.execute(
                sql.SQL("SELECT count(*) FROM ONLY {} WHERE ctid < '(8,0)'").format(
                    self.leaf.identifier
                )
            ).fetchone()
            pages = min(8, count_pages(connection, self.leaf))
            self._rows_per_page = max(1.0, rows[0] / pages) if rows and pages else 1.0
        return self._rows_per_page


def _page(position: Position | None) -> int:
    return 0 if position is None else int(position[0])
