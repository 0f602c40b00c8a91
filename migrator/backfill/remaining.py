"""How much of a backfill is left."""

from collections.abc import Sequence
from typing import Any

import psycopg

from migrator.backfill.definition import Backfill
from migrator.backfill.plan import count_ahead, count_all, count_due, leaves_as_planned
from migrator.backfill.state import StateStore
from migrator.backfill.target import Leaf, find_leaves


def remaining(connection: "psycopg.Connection[Any]", backfill: Backfill) -> int:
    """The exact number of rows that still need the backfill; reads the table once.

    With `where` these are the rows for which it is true, whether or not the backfill ever ran;
    without, those that it has not passed yet, also in a partition that was detached while it ran
    and is back: all of them where the definition was changed, where
    the progress belongs to another table, or where the key it was made with is gone. Raises
    BackfillError if the table is missing.
    """
    leaves = find_leaves(connection, backfill)
    if backfill.where is not None:
        return count_due(connection, backfill)
    store = StateStore(connection)
    progress = store.read(backfill.name)
    if (
        progress is None
        or not backfill.began_as(progress.fingerprint)
        or made_elsewhere(store, backfill, leaves)
    ):
        return count_all(connection, leaves)
    ranges = store.open_ranges(backfill.name, (leaf.oid for leaf in leaves))
    planned = leaves_as_planned(connection, leaves, ranges)
    if planned is None:
        return count_all(connection, leaves)
    return count_ahead(connection, planned, ranges)


def made_elsewhere(store: StateStore, backfill: Backfill, leaves: Sequence[Leaf]) -> str | None:
    """Of what other table or column the progress is, in words; None if of these.

    As after a dump was restored here, or after a downgrade and another upgrade.
    """
    walked = store.relations(backfill.name)
    if walked and walked.keys().isdisjoint(leaf.oid for leaf in leaves):
        return f"another {backfill.table}, made anew or restored since"
    for leaf in leaves:
        for column, number in walked.get(leaf.oid, {}).items():
            if leaf.columns.get(column) != number:
                return f"another column {column}, dropped or made anew since"
    return None
