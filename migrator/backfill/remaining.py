"""How much of a backfill is left."""

from typing import Any

import psycopg

from migrator.backfill.definition import Backfill
from migrator.backfill.plan import count_ahead, count_due
from migrator.backfill.state import StateStore
from migrator.backfill.target import find_leaves


def remaining(connection: "psycopg.Connection[Any]", backfill: Backfill) -> int:
    """The exact number of rows that still need the backfill; reads the table once.

    With `where` these are the rows for which it is true, whether or not the backfill ever ran;
    without, those that it has not passed yet. Raises BackfillError if the table is missing.
    """
    leaves = find_leaves(connection, backfill)
    if backfill.where is not None:
        return count_due(connection, backfill)
    store = StateStore(connection)
    progress = store.read(backfill.name)
    ranges = store.open_ranges(backfill.name) if progress else []
    return count_ahead(connection, leaves, progress, ranges)
