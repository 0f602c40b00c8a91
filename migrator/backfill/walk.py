"""How a table is walked: the positions in it, and the rows between two of them.

A position is a tuple of texts, as the server prints them, so that any orderable type works
and none is ever interpreted here. A range lies after its lower position, up to and with its
upper one.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import psycopg
from psycopg import sql

from migrator.backfill.target import Leaf

Position = tuple[str, ...]


class Walk(Protocol):
    """One table's order."""

    leaf: Leaf

    def last(self, connection: "psycopg.Connection[Any]") -> Position | None:
        """The position of the last row there is now; None for an empty table."""
        ...

    def split(self, connection: "psycopg.Connection[Any]", parts: int) -> Sequence[Position]:
        """Up to parts - 1 positions in order, that cut the table in about equal parts."""
        ...

    def step(
        self,
        connection: "psycopg.Connection[Any]",
        after: Position | None,
        upper: Position,
        size: int,
    ) -> Position | None:
        """Where a batch of about `size` rows ends; None where that is at or past `upper`."""
        ...

    def condition(self, after: Position | None, upto: Position) -> sql.Composed:
        """SQL that holds for the rows after one position, up to and with another."""
        ...

    def rows(
        self,
        connection: "psycopg.Connection[Any]",
        after: Position | None,
        upto: Position,
        wished: int,
    ) -> int:
        """About how many rows there are in a batch that `step` ended for the size `wished`."""
        ...
