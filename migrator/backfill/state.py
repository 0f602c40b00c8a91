"""The progress of backfills, kept in the database that they fill."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from migrator.backfill.state_tables import ADDITIONS, COMPLETE, CREATION_LOCK, TABLES
from migrator.backfill.walk import Position
from migrator.postgres.own_schema import create_schema, require_privileges

State = Literal["running", "paused", "cancelled", "done", "failed"]
Request = Literal["pause", "cancel"]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A backfill as the database knows it. Counts are over all passes, from all ranges."""

    name: str
    fingerprint: str
    state: State
    request: Request | None
    current_pass: int
    estimated_rows: int
    error: str | None
    holder: str | None
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    batches: int
    scanned: int
    updated: int

    @property
    def scanned_in_pass(self) -> int:
        """Rows that the current pass has gone through; each one before went through all."""
        return max(0, self.scanned - (self.current_pass - 1) * self.estimated_rows)


@dataclass(frozen=True, kw_only=True)
class Range:
    """A stretch of one table; `cursor` is how far it is done (None: not begun).

    key: the columns whose values its positions are; empty for pages, None where a former
        version made it, which did not note that.
    columns: the numbers, in its table, of the columns that are set; None likewise.
    """

    ordinal: int
    relation: int
    after: Position | None
    upper: Position
    cursor: Position | None
    key: tuple[str, ...] | None
    columns: Mapping[str, int] | None = None

    def moved_to(self, position: Position) -> "Range":
        """The same range with its cursor further on."""
        return replace(self, cursor=position)


PROGRESS = """
SELECT b.name, b.fingerprint, b.state, b.request, b.pass AS current_pass, b.estimated_rows,
       b.error, b.holder, b.started_at, b.heartbeat_at, b.finished_at,
       coalesce(sum(r.batches), 0)::bigint AS batches,
       coalesce(sum(r.scanned), 0)::bigint AS scanned,
       coalesce(sum(r.updated), 0)::bigint AS updated
FROM migrator.migrator_backfill b
LEFT JOIN migrator.migrator_backfill_range r ON r.backfill = b.name
WHERE %(name)s::text IS NULL OR b.name = %(name)s
GROUP BY b.name ORDER BY b.name
"""


class StateStore:
    """Reads and writes the two progress tables over one connection."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection

    def create(self) -> None:
        """Makes the tables, or what a former version's lack; needs CREATE on the database once.

        Raises MissingPrivilegeError, which says what to grant.
        """
        for table in ("migrator_backfill", "migrator_backfill_range"):
            require_privileges(self.connection, table, "the progress of backfills is kept")
        complete = self.connection.execute(COMPLETE).fetchone()
        if complete and complete[0]:
            return
        with self.connection.transaction():
            # Two first runs at once would both find the schema missing.
            self.connection.execute("SELECT pg_advisory_xact_lock(%s)", (CREATION_LOCK,))
            if self.exists():
                self.connection.execute(ADDITIONS)
                return
            create_schema(self.connection)
            self.connection.execute(TABLES)

    def exists(self) -> bool:
        """Whether any backfill ever ran in this database."""
        found = self.connection.execute(
            "SELECT to_regclass('migrator.migrator_backfill_range') IS NOT NULL"
        ).fetchone()
        return bool(found and found[0])

    def all(self) -> list[Progress]:
        """Every backfill that has begun, by name."""
        return self._read(None) if self.exists() else []

    def read(self, name: str) -> Progress | None:
        """One backfill; None where it never began."""
        found = self._read(name) if self.exists() else []
        return found[0] if found else None

    def _read(self, name: str | None) -> list[Progress]:
        # As text, times could not be read under some settings of DateStyle.
        with self.connection.cursor(row_factory=class_row(Progress), binary=True) as cursor:
            return cursor.execute(PROGRESS, {"name": name}).fetchall()

    def begin(
        self, name: str, *, fingerprint: str, holder: str, rows: int, ranges: Sequence[Range]
    ) -> None:
        """Forgets what there was under that name, but for a pause, and starts its first pass."""
        with self.connection.transaction():
            forgotten = self.connection.execute(
                "DELETE FROM migrator.migrator_backfill WHERE name = %s RETURNING request", (name,)
            ).fetchone()
            paused = forgotten is not None and forgotten[0] == "pause"
            self.connection.execute(
                "INSERT INTO migrator.migrator_backfill"
                " (name, fingerprint, state, request, estimated_rows, holder)"
                " VALUES (%s, %s, 'running', %s, %s, %s)",
                (name, fingerprint, "pause" if paused else None, rows, holder),
            )
            self._insert(name, ranges)

    def next_pass(self, name: str, ranges: Sequence[Range]) -> None:
        """Adds the ranges of one more pass; those of earlier passes keep their counts."""
        with self.connection.transaction():
            self.connection.execute(
                "UPDATE migrator.migrator_backfill SET pass = pass + 1 WHERE name = %s", (name,)
            )
            self._insert(name, ranges)

    def _insert(self, name: str, ranges: Sequence[Range]) -> None:
        for item in ranges:
            self.connection.execute(
                "INSERT INTO migrator.migrator_backfill_range"
                " (backfill, ordinal, relation, after, upper, key, columns)"
                " SELECT %(name)s, coalesce(max(ordinal), 0) + 1, %(relation)s, %(after)s,"
                " %(upper)s, %(key)s, %(columns)s FROM migrator.migrator_backfill_range"
                " WHERE backfill = %(name)s",
                {
                    "name": name,
                    "relation": item.relation,
                    "after": _array(item.after),
                    "upper": list(item.upper),
                    "key": _array(item.key),
                    "columns": None if item.columns is None else Jsonb(dict(item.columns)),
                },
            )

    def relations(self, name: str) -> dict[int, Mapping[str, int]]:
        """The tables that its ranges lie in, and the numbers of the columns set in each."""
        rows = self.connection.execute(
            "SELECT relation, to_jsonb(r) -> 'columns' FROM migrator.migrator_backfill_range r"
            " WHERE backfill = %s ORDER BY ordinal",
            (name,),
        ).fetchall()
        return {relation: columns or {} for relation, columns in rows}

    def open_ranges(self, name: str, relations: Iterable[int]) -> list[Range]:
        """The ranges of these tables that are not done, in order.

        Those of a partition that was detached stay open: it may be attached again.
        """
        rows = self.connection.execute(
            # Through JSON: a former version's table, before its next run, has no such column.
            "SELECT ordinal, relation, after, upper, cursor, to_jsonb(r) -> 'key'"
            " FROM migrator.migrator_backfill_range r"
            " WHERE backfill = %s AND NOT done AND relation = ANY (%s::oid[]) ORDER BY ordinal",
            (name, list(relations)),
        ).fetchall()
        return [
            Range(
                ordinal=ordinal,
                relation=relation,
                after=_position(after),
                upper=tuple(upper),
                cursor=_position(cursor),
                key=_position(key),
            )
            for ordinal, relation, after, upper, cursor, key in rows
        ]

    def advance(
        self,
        name: str,
        item: Range,
        *,
        position: Position,
        done: bool,
        scanned: int,
        updated: int,
    ) -> bool:
        """Moves a range's cursor, in the transaction of the batch it stands for.

        False when the cursor is no longer where this process left it, which is when another
        one has done the same batch: the caller must roll back.
        """
        answer = self.connection.execute(
            "UPDATE migrator.migrator_backfill_range"
            " SET cursor = %s, done = %s, batches = batches + 1,"
            " scanned = scanned + %s, updated = updated + %s"
            " WHERE backfill = %s AND ordinal = %s AND NOT done"
            " AND cursor IS NOT DISTINCT FROM %s::text[]",
            (list(position), done, scanned, updated, name, item.ordinal, _array(item.cursor)),
        )
        return answer.rowcount == 1

    def note_columns(self, name: str, relation: int, columns: Mapping[str, int]) -> None:
        """Adds to the columns that are set in a table; in the transaction that sets them."""
        self.connection.execute(
            "UPDATE migrator.migrator_backfill_range SET columns = coalesce(columns, '{}') || %s"
            " WHERE backfill = %s AND relation = %s AND NOT coalesce(columns @> %s, false)",
            (Jsonb(dict(columns)), name, relation, Jsonb(dict(columns))),
        )

    def skip(self, name: str, item: Range) -> None:
        """Marks a range as done whose key is gone."""
        self.connection.execute(
            "UPDATE migrator.migrator_backfill_range SET done = true"
            " WHERE backfill = %s AND ordinal = %s",
            (name, item.ordinal),
        )

    def beat(self, name: str) -> Request | None:
        """Says that the run is alive; returns what another process asks of it."""
        found = self.connection.execute(
            "UPDATE migrator.migrator_backfill SET heartbeat_at = clock_timestamp()"
            " WHERE name = %s RETURNING request",
            (name,),
        ).fetchone()
        return found[0] if found else "cancel"

    def set_state(self, name: str, state: State, *, error: str | None = None) -> None:
        """Writes a new state durably, and with it everything that was committed before."""
        with self.connection.transaction():
            self.connection.execute("SET LOCAL synchronous_commit = on")
            self.connection.execute(
                "UPDATE migrator.migrator_backfill SET state = %(state)s, error = %(error)s,"
                " heartbeat_at = clock_timestamp(), finished_at ="
                " CASE WHEN %(state)s IN ('done', 'cancelled') THEN clock_timestamp() END,"
                # A request that came while the last rows were counted is void.
                " request = CASE WHEN %(state)s <> 'done' THEN request END"
                " WHERE name = %(name)s",
                {"name": name, "state": state, "error": error},
            )

    def take_over(self, name: str, holder: str, fingerprint: str) -> None:
        """Notes a new process that goes on with a backfill."""
        self.connection.execute(
            "UPDATE migrator.migrator_backfill SET holder = %s, fingerprint = %s WHERE name = %s",
            (holder, fingerprint, name),
        )
        self.set_state(name, "running")

    def ask(self, name: str, request: Request | None) -> bool:
        """Leaves a request for the process that runs the backfill; False if it never began."""
        answer = self.connection.execute(
            "UPDATE migrator.migrator_backfill SET request = %s WHERE name = %s", (request, name)
        )
        return answer.rowcount == 1


def _array(position: Position | None) -> list[str] | None:
    return None if position is None else list(position)


def _position(array: list[str] | None) -> Position | None:
    return None if array is None else tuple(array)
