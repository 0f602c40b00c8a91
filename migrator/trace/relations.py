"""The relations of a database at one moment: names, files, and rows read so far."""

from dataclasses import dataclass
from typing import Any

import psycopg

_QUERY = """
SELECT c.oid, CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END,
       c.relkind::text, pg_relation_filenode(c.oid),
       COALESCE(pg_stat_get_xact_tuples_returned(c.oid), 0),
       COALESCE(pg_stat_get_tuples_returned(c.oid), 0),
       c.relkind IN ('r', 'm') AND COALESCE(pg_relation_size(c.oid) = 0, false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
  AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'i', 'I')
"""
SIDE_KINDS = ("i", "I", "S")


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation. `rows_read` counts rows that scans returned in this transaction,
    `rows_read_before` in earlier ones. `empty`: it has no rows of its own to read."""

    oid: int
    name: str
    kind: str
    file: int | None
    rows_read: int
    rows_read_before: int
    empty: bool

    @property
    def is_side(self) -> bool:
        """Whether this is an index or a sequence, which comes with some table."""
        return self.kind in SIDE_KINDS


def relations(connection: "psycopg.Connection[Any]") -> dict[int, Relation]:
    """The relations that the connection's transaction sees, by oid."""
    rows = connection.execute(_QUERY).fetchall()
    return {row[0]: Relation(*row) for row in rows}
