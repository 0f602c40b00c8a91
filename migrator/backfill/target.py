"""The tables that a backfill walks, as the catalog describes them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillError

# The table itself, its partitions at every level and its inheritance children.
LEAVES = """
WITH RECURSIVE family(oid) AS (
    SELECT %(oid)s::oid
    UNION
    SELECT i.inhrelid FROM pg_inherits i JOIN family ON i.inhparent = family.oid
)
SELECT c.oid, n.nspname, c.relname, c.relkind::text
FROM family JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY c.oid
"""

# The best key to walk by: a complete btree index over NOT NULL columns, unique at once, with no
# column in descending order (1, or 3 with NULLs first). Since version 18 a column may be NOT NULL
# and have NULLs from before, until that is validated.
KEY = """
SELECT array_agg(a.attname::text ORDER BY k.place),
       array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY k.place)
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am am ON am.oid = c.relam AND am.amname = 'btree'
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(column_number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.column_number
WHERE i.indrelid = %(oid)s AND i.indisunique AND i.indisvalid AND i.indimmediate
  AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
GROUP BY i.indexrelid, i.indisprimary, i.indnkeyatts, i.indoption
HAVING bool_and(a.attnotnull AND NOT EXISTS (
        SELECT FROM pg_constraint n WHERE n.conrelid = a.attrelid AND n.contype = 'n'
          AND NOT n.convalidated AND n.conkey = ARRAY[a.attnum]
    ))
   AND NOT (i.indoption::int2[] && ARRAY[1, 3]::int2[])
   AND (%(key)s::text[] IS NULL
        OR array_agg(a.attname::text ORDER BY k.place) = %(key)s::text[])
ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid
LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class KeyColumn:
    """A column of the key, and its type as SQL."""

    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A table that holds rows itself: plain, or one partition.

    key: the columns it is walked by; empty means physical order.
    """

    oid: int
    schema: str
    name: str
    key: tuple[KeyColumn, ...]

    @property
    def key_names(self) -> tuple[str, ...]:
        """What tells a key from another one of the same table."""
        return tuple(column.name for column in self.key)

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)

    @property
    def label(self) -> str:
        """Schema and name, for people and for the progress table."""
        return f"{self.schema}.{self.name}"


def count_pages(connection: "psycopg.Connection[Any]", leaf: Leaf) -> int:
    """How many pages a table has now: exact, whatever its statistics say."""
    size = connection.execute(
        "SELECT pg_relation_size(%s::oid) / current_setting('block_size')::int", (leaf.oid,)
    ).fetchone()
    return int(size[0]) if size else 0


def find_leaves(connection: "psycopg.Connection[Any]", backfill: Backfill) -> tuple[Leaf, ...]:
    """The tables that hold the backfill's rows.

    Raises BackfillError where the table or a key to walk it by is missing, and where without
    `where` that key is what would be set.
    """
    found = connection.execute("SELECT to_regclass(%s)::oid", (backfill.table,)).fetchone()
    if found is None or found[0] is None:
        raise BackfillError(
            f"backfill {backfill.name}: there is no table {backfill.table!r} in the database; "
            "has the revision that adds it been applied?"
        )
    rows = connection.execute(LEAVES, {"oid": found[0]}).fetchall()
    for _, schema, name, kind in rows:
        if kind not in "rp":
            raise BackfillError(
                f"backfill {backfill.name}: {schema}.{name} is not a table or a partition"
            )
    leaves = tuple(
        Leaf(oid=oid, schema=schema, name=name, key=_find_key(connection, backfill, oid))
        for oid, schema, name, kind in rows
        if kind == "r"
    )
    for leaf in leaves:
        check_key_stays(backfill, leaf, backfill.set or ())
    return leaves


def check_key_stays(backfill: Backfill, leaf: Leaf, changed: Iterable[str]) -> None:
    """Refuses to move rows along the key that tells which are done.

    changed: the columns that the backfill writes.
    """
    moved = [column for column in changed if column in leaf.key_names]
    if moved and backfill.where is None:
        raise BackfillError(
            f"backfill {backfill.name}: it changes {', '.join(moved)}, which {leaf.label} is "
            "walked by, so that rows would be met twice or never; give `where`, or another `key`"
        )


def _find_key(
    connection: "psycopg.Connection[Any]", backfill: Backfill, oid: int
) -> tuple[KeyColumn, ...]:
    wanted = backfill.key or None
    key = _read_key(connection, oid, wanted)
    if key is not None:
        return key
    if wanted is not None:
        raise BackfillError(
            f"backfill {backfill.name}: {backfill.table} has no unique btree index over exactly "
            f"({', '.join(wanted)}) with all columns NOT NULL; choose another `key`"
        )
    if backfill.where is None:
        raise BackfillError(
            f"backfill {backfill.name}: {backfill.table} has no primary or unique key, so only "
            "`where` can tell which rows are done; give it"
        )
    return ()


def leaf_by_key(
    connection: "psycopg.Connection[Any]", leaf: Leaf, names: tuple[str, ...]
) -> Leaf | None:
    """The same leaf, walked by that key (empty: in physical order); None where that is gone."""
    if names == leaf.key_names:
        return leaf
    key = _read_key(connection, leaf.oid, names) if names else ()
    return None if key is None else replace(leaf, key=key)


def _read_key(
    connection: "psycopg.Connection[Any]", oid: int, names: tuple[str, ...] | None
) -> tuple[KeyColumn, ...] | None:
    """The key of exactly these columns, or the best one; None where there is none."""
    parameters = {"oid": oid, "key": None if names is None else list(names)}
    found = connection.execute(KEY, parameters).fetchone()
    if found is None:
        return None
    return tuple(KeyColumn(name=name, type=kind) for name, kind in zip(*found, strict=True))
