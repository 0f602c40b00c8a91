"""Which ranges of which tables a pass goes through, and how many rows that is."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.definition import Backfill
from migrator.backfill.leaf_walk import walk_of
from migrator.backfill.state import Range
from migrator.backfill.table_name import parse_table_name
from migrator.backfill.target import Leaf, count_pages, leaf_by_key
from migrator.fragment import fragment

# Ranges per worker, so that none is idle while another has the longest range to itself.
RANGES_PER_WORKER = 4
SAMPLED_PAGES = 400


def plan_ranges(
    connection: "psycopg.Connection[Any]", leaves: Sequence[Leaf], workers: int
) -> list[Range]:
    """Disjoint ranges over all rows there are now; rows that come later are not in them."""
    parts = 1 if workers == 1 else max(1, -(-workers * RANGES_PER_WORKER // max(1, len(leaves))))
    ranges: list[Range] = []
    for leaf in leaves:
        walk = walk_of(leaf)
        last = walk.last(connection)
        if last is None:
            continue
        cuts = [cut for cut in walk.split(connection, parts) if cut != last]
        for after, upper in zip([None, *cuts], [*cuts, last], strict=True):
            ranges.append(
                Range(
                    ordinal=0,
                    relation=leaf.oid,
                    after=after,
                    upper=upper,
                    cursor=None,
                    key=leaf.key_names,
                    columns=leaf.numbers(leaf.is_set),
                )
            )
    return ranges


def leaves_as_planned(
    connection: "psycopg.Connection[Any]", leaves: Sequence[Leaf], ranges: Sequence[Range]
) -> dict[int, Leaf] | None:
    """The leaves by oid, each with the key that its ranges were made with.

    The best key may be another one since. None where such a key is gone: its cursors mean nothing.
    """
    known = {leaf.oid: leaf for leaf in leaves}
    for item in ranges:
        leaf = known.get(item.relation)
        if leaf is None:
            continue
        planned = (
            leaf_by_key(connection, leaf, item.key)
            if item.key is not None
            else _trusted(leaf, item)
        )
        if planned is None:
            return None
        known[leaf.oid] = planned
    return known


def _trusted(leaf: Leaf, item: Range) -> Leaf | None:
    """The leaf as it is, where a former version made the range, unless the two cannot match."""
    return leaf if len(item.upper) == max(1, len(leaf.key)) else None


def estimate_rows(connection: "psycopg.Connection[Any]", leaves: Sequence[Leaf]) -> int:
    """Rows in the tables, reckoned from a few pages of each; statistics may be old or missing."""
    return sum(_estimate_leaf(connection, leaf) for leaf in leaves)


def _estimate_leaf(connection: "psycopg.Connection[Any]", leaf: Leaf) -> int:
    pages = count_pages(connection, leaf)
    if pages == 0:
        return 0
    percent = min(100.0, 100.0 * SAMPLED_PAGES / pages)
    # REPEATABLE keeps the figure still between two looks at the same table.
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM ONLY {} TABLESAMPLE SYSTEM ({}) REPEATABLE (1)").format(
            leaf.identifier, sql.Literal(percent)
        )
    ).fetchone()
    return round(row[0] * 100.0 / percent) if row else 0


def count_due(connection: "psycopg.Connection[Any]", backfill: Backfill) -> int:
    """Rows for which `where` is true, counted."""
    if backfill.where is None:
        raise ValueError(f"backfill {backfill.name} has no where to count by")
    # Not as the author writes it: a name such as user, which PostgreSQL finds, is a function here.
    table = sql.Identifier(*parse_table_name(backfill.table))
    query = sql.SQL("SELECT count(*) FROM {} WHERE {}")
    row = connection.execute(query.format(table, fragment(backfill.where))).fetchone()
    return int(row[0]) if row else 0


def count_all(connection: "psycopg.Connection[Any]", leaves: Sequence[Leaf]) -> int:
    """All rows of the tables, counted."""
    return sum(_count(connection, leaf, sql.SQL("true")) for leaf in leaves)


def count_ahead(
    connection: "psycopg.Connection[Any]", planned: Mapping[int, Leaf], ranges: Sequence[Range]
) -> int:
    """Rows that the cursors have not passed. planned: the leaves as planned."""
    return sum(
        _count(
            connection,
            planned[item.relation],
            walk_of(planned[item.relation]).condition(
                item.cursor if item.cursor is not None else item.after, item.upper
            ),
        )
        for item in ranges
        if item.relation in planned
    )


def _count(connection: "psycopg.Connection[Any]", leaf: Leaf, condition: sql.Composable) -> int:
    row = connection.execute(
        sql.SQL("SELECT count(*) FROM ONLY {} WHERE {}").format(leaf.identifier, condition)
    ).fetchone()
    return int(row[0]) if row else 0
