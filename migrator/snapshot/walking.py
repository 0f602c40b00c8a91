"""Where a table's rows are, and the keys to walk them by.

Asked of a table at work, again and again while a backfill runs: only PostgreSQL's own tables are
read, of one table and its partitions, so that nothing can wait.
"""

from dataclasses import dataclass
from typing import Any

import psycopg

# The table itself, its partitions at every level and its inheritance children.
_FAMILY = """
WITH RECURSIVE family(oid) AS (
    SELECT %(oid)s::oid
    UNION
    SELECT i.inhrelid FROM pg_inherits i JOIN family ON i.inhparent = family.oid
)
SELECT c.oid, n.nspname, c.relname, c.relkind::text,
    -- BEFORE (2) UPDATE (16) for each ROW (1), but for our own; and whatever rule of UPDATE (2).
    EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
            WHERE t.tgrelid = c.oid AND t.tgtype & 19 = 19 AND t.tgenabled <> 'D'
              AND p.prosrc NOT LIKE '%%groundwork_row record := NEW%%'),
    EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.ev_type = '2'),
    (SELECT ARRAY[rn.nspname, rc.relname]::text[] FROM pg_class rc
     JOIN pg_namespace rn ON rn.oid = rc.relnamespace
     WHERE c.relispartition AND rc.oid = pg_partition_root(c.oid)),
    -- A key's columns, of its expressions too, depend on their table as parts of it.
    ARRAY(SELECT DISTINCT a.attname::text
          FROM pg_partition_ancestors(c.oid) above(oid)
          JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = above.oid::oid
            AND d.objsubid > 0 AND d.refclassid = d.classid AND d.refobjid = d.objid
            AND d.refobjsubid = 0 AND d.deptype = 'i'
          JOIN pg_attribute a ON a.attrelid = d.objid AND a.attnum = d.objsubid
          WHERE c.relispartition),
    (SELECT jsonb_object_agg(a.attname, a.attnum) FROM pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM family JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY c.oid
"""

# The best key to walk by: a complete btree index over NOT NULL columns, unique at once, with no
# column in descending order (1, or 3 with NULLs first). Since version 18 a column may be NOT NULL
# and have NULLs from before, until that is validated.
_KEY = """
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
class Member:
    """One relation of a table's family.

    kind: pg_class's relkind.
    triggers, rules: whether some may leave a row that is to be changed, or its values, as they are.
    root: schema and name of the table that it is a partition of, at the top; None if of none.
    partition_columns: whose values decide in which partition of that a row is.
    columns: the number of each; one that is dropped and made again has another.
    """

    oid: int
    schema: str
    name: str
    kind: str
    triggers: bool
    rules: bool
    root: tuple[str, str] | None
    partition_columns: frozenset[str]
    columns: dict[str, int]


def read_family(connection: "psycopg.Connection[Any]", oid: int) -> list[Member]:
    """The table itself, its partitions at every level and its inheritance children."""
    rows = connection.execute(_FAMILY, {"oid": oid}).fetchall()
    return [
        Member(
            oid=oid,
            schema=schema,
            name=name,
            kind=kind,
            triggers=triggers,
            rules=rules,
            root=tuple(root) if root else None,
            partition_columns=frozenset(moving),
            columns=columns or {},
        )
        for oid, schema, name, kind, triggers, rules, root, moving, columns in rows
    ]


def read_key(
    connection: "psycopg.Connection[Any]", oid: int, names: tuple[str, ...] | None
) -> tuple[KeyColumn, ...] | None:
    """The key of exactly these columns, or the best one; None where there is none."""
    parameters = {"oid": oid, "key": None if names is None else list(names)}
    found = connection.execute(_KEY, parameters).fetchone()
    if found is None:
        return None
    return tuple(KeyColumn(name=name, type=kind) for name, kind in zip(*found, strict=True))
