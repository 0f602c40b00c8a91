"""The relations of a database at one moment: names, files, and rows read so far."""

from dataclasses import dataclass
from typing import Any

import psycopg

from migrator.snapshot.names import NAME, OURS

# Asked around every statement that is traced, so it reads no more than that needs.
_QUERY = f"""
SELECT c.oid, {NAME}, c.relkind::text, pg_relation_filenode(c.oid),
       COALESCE(pg_stat_get_xact_tuples_returned(c.oid), 0),
       COALESCE(pg_stat_get_tuples_returned(c.oid), 0),
       c.relkind IN ('r', 'm') AND COALESCE(pg_relation_size(c.oid) = 0, false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'i', 'I')
"""  # noqa: S608
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
