"""DETACH PARTITION CONCURRENTLY that may have been interrupted, brought to its end.

Its first half commits: the rows are gone from the partitioned table. Until the second half is done,
which only FINALIZE can do, PostgreSQL refuses to detach any other partition of that table.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from migrator.postgres.statements import actions as a
from migrator.runner.concurrent_care import ConcurrentCare

# The column exists since PostgreSQL 14, like the form that sets it.
_PENDING = """
SELECT child.nspname, part.relname, above.nspname, parent.relname
FROM pg_inherits i
JOIN pg_class part ON part.oid = i.inhrelid JOIN pg_namespace child ON child.oid = part.relnamespace
JOIN pg_class parent ON parent.oid = i.inhparent
JOIN pg_namespace above ON above.oid = parent.relnamespace
WHERE (to_jsonb(i) ->> 'inhdetachpending')::boolean
  AND (%(parent)s::text IS NULL OR i.inhparent = to_regclass(%(parent)s))
ORDER BY 1, 2
"""

_IS_APART = """
SELECT to_regclass(%(partition)s) IS NOT NULL AND NOT EXISTS (
  SELECT FROM pg_inherits
  WHERE inhrelid = to_regclass(%(partition)s) AND inhparent = to_regclass(%(parent)s))
"""


@dataclass(frozen=True, kw_only=True)
class PendingDetach:
    """A partition whose detachment is half done."""

    schema: str
    partition: str
    parent_schema: str
    parent: str

    def __str__(self) -> str:
        return (
            f"partition {self.schema}.{self.partition} is half detached from "
            f"{self.parent_schema}.{self.parent}"
        )


def pending_detaches(
    connection: psycopg.Connection[TupleRow], parent: str | None = None
) -> list[PendingDetach]:
    """Those of one partitioned table, or of all that there are. parent: quoted."""
    rows = connection.execute(_PENDING, {"parent": parent}).fetchall()
    return [
        PendingDetach(schema=row[0], partition=row[1], parent_schema=row[2], parent=row[3])
        for row in rows
    ]


class DetachCare(ConcurrentCare):
    """Finishes a detachment that is half done."""

    def before(self, action: a.Action, *, started: bool) -> bool:
        if not isinstance(action, a.DetachPartition) or not action.concurrently:
            return False
        names = {
            "parent": self.catalog.quoted(action.table),
            "partition": self.catalog.quoted(action.partition),
        }
        for pending in pending_detaches(self.connection, names["parent"]):
            self._finish(pending)
            started = True
        if not started:
            return False
        row = self.connection.execute(_IS_APART, names).fetchone()
        return row is not None and row[0]

    def is_there(self, action: a.Action) -> bool:
        """It makes nothing."""
        return False

    def after_failure(self, action: a.Action) -> None:
        """Nothing: the next attempt finishes what is half done."""

    def _finish(self, pending: PendingDetach) -> None:
        self.say(f"{pending}; finishing that")
        statement = sql.SQL("ALTER TABLE {} DETACH PARTITION {} FINALIZE").format(
            sql.Identifier(pending.parent_schema, pending.parent),
            sql.Identifier(pending.schema, pending.partition),
        )
        self.run(statement)
