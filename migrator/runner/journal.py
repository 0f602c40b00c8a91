"""What of a half-applied revision is already committed.

An `autocommit_block` commits what a revision did so far, long before Alembic writes the new
revision down. The journal is written in the same transactions, so that after a crash the next
run leaves out exactly the statements that the database already has. A completed revision has
no entries.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

import psycopg
from psycopg.rows import TupleRow

from migrator.errors import MigratorError
from migrator.postgres.own_schema import SCHEMA, create_schema, require_privileges
from migrator.runner.sent import execute_own

NAME = "revision_journal"
TABLE = f"{SCHEMA}.{NAME}"

_CREATE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  version_table text NOT NULL,
  revision text NOT NULL,
  direction text NOT NULL CHECK (direction IN ('up', 'down')),
  position bigint GENERATED ALWAYS AS IDENTITY,
  fingerprint text NOT NULL,
  done boolean NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (version_table, revision, direction, position)
)
"""


class RowsLostError(MigratorError):
    """A revision asks for the rows of a statement that an earlier attempt has committed."""

    def __init__(self, statement: str, revision: str, entry: str) -> None:
        """entry: the statement's fingerprint."""
        forget = f"DELETE FROM {TABLE} WHERE revision = '{revision}' AND fingerprint = '{entry}'"  # noqa: S608
        super().__init__(
            f"an earlier attempt has committed {' '.join(statement.split())}; its rows cannot be "
            f"had again. Undo it by hand, take it out of the journal with {forget}, and run this "
            "again"
        )


@dataclass(frozen=True, kw_only=True)
class HalfApplied:
    """A revision of which `statements` are committed, and the rest is yet to be done."""

    revision: str
    direction: Literal["up", "down"]
    statements: int

    def __str__(self) -> str:
        done = "applied" if self.direction == "up" else "undone"
        return f"revision {self.revision} is half {done}: {self.statements} statements of it"


class HalfAppliedError(MigratorError):
    """Another revision has to be finished first: some of its statements are committed."""

    def __init__(self, half: HalfApplied) -> None:
        command = "upgrade" if half.direction == "up" else "downgrade"
        forget = f"DELETE FROM {TABLE} WHERE revision = '{half.revision}'"  # noqa: S608
        super().__init__(
            f"{half} are committed; finish it first with {command}. If it was done or undone by "
            f"hand, as before `alembic stamp`, have it forgotten: {forget}"
        )


def find_half_applied(
    connection: psycopg.Connection[TupleRow], version_table: str
) -> list[HalfApplied]:
    """The revisions that an interrupted or failed run has left half done."""
    row = connection.execute("SELECT to_regclass(%s)", [TABLE]).fetchone()
    if row is None or row[0] is None:
        return []
    rows = connection.execute(
        f"SELECT revision, direction, count(*) FILTER (WHERE done) FROM {TABLE} "  # noqa: S608
        "WHERE version_table = %s GROUP BY 1, 2 ORDER BY 1, 2",
        [version_table],
    ).fetchall()
    return [HalfApplied(revision=row[0], direction=row[1], statements=row[2]) for row in rows]


def require_finished(
    found: Iterable[HalfApplied], *, but: str | None, direction: Literal["up", "down"]
) -> None:
    """Raises HalfAppliedError if anything is half done but `but` in that direction.

    What is built or removed next might be what the other one's journal takes for granted.
    """
    for half in found:
        if (half.revision, half.direction) != (but, direction):
            raise HalfAppliedError(half)


@dataclass(kw_only=True)
class Journal:
    """The journal of one revision in one direction; a statement's entry is its `fingerprint`.

    connection: the one that runs the revision; its transactions carry the entries.
    """

    connection: psycopg.Connection[TupleRow]
    version_table: str
    revision: str
    direction: Literal["up", "down"]
    _committed: Counter[str] = field(default_factory=Counter)
    _started: Counter[str] = field(default_factory=Counter)
    _pending: list[str] = field(default_factory=list)
    _done: int = 0
    _exists: bool = False

    def open(self) -> int:
        """Reads what earlier attempts left; returns the number of statements already done.

        Raises HalfAppliedError if they left another revision, or the other direction, half done.
        """
        row = execute_own(self.connection, "SELECT to_regclass(%s)", [TABLE]).fetchone()
        self._exists = row is not None and row[0] is not None
        if not self._exists:
            return 0
        found = find_half_applied(self.connection, self.version_table)
        require_finished(found, but=self.revision, direction=self.direction)
        rows = execute_own(
            self.connection,
            f"SELECT fingerprint, done FROM {TABLE} "  # noqa: S608
            "WHERE version_table = %s AND revision = %s AND direction = %s",
            self._key,
        ).fetchall()
        self._committed = Counter(entry for entry, done in rows if done)
        self._started = Counter(entry for entry, done in rows if not done)
        self._done = self._committed.total()
        return self._done

    def require_privileges(self) -> None:
        """Raises MissingPrivilegeError if this role cannot keep the journal."""
        purpose = "what a revision has committed so far is noted"
        require_privileges(self.connection, NAME, purpose)

    def half_done(self) -> HalfApplied | None:
        """What is committed of the revision, if it goes no further; None if nothing is."""
        if not self._done:
            return None
        return HalfApplied(revision=self.revision, direction=self.direction, statements=self._done)

    def take(self, entry: str) -> bool:
        """Whether an earlier attempt did this statement; each entry answers once."""
        if not self._committed[entry]:
            return False
        self._committed[entry] -= 1
        return True

    def was_started(self, entry: str) -> bool:
        """Whether an earlier attempt began this statement outside a transaction."""
        return self._started[entry] > 0

    def start(self, entry: str) -> None:
        """Notes, at once, that a statement outside a transaction begins."""
        self._create()
        self._insert(entry, done=False)

    def finish(self, entry: str) -> None:
        """Notes that it is done."""
        with self.connection.transaction():
            self._create()
            self._insert(entry, done=True)
            self.forget_start(entry)
        self._done += 1

    def forget_start(self, entry: str) -> None:
        """Takes `start` back: the statement failed, or is done."""
        if self._exists:
            execute_own(
                self.connection,
                f"DELETE FROM {TABLE} WHERE version_table = %s AND revision = %s "  # noqa: S608
                "AND direction = %s AND fingerprint = %s AND NOT done",
                [*self._key, entry],
            )

    def note(self, entry: str) -> None:
        """Remembers a statement of the open transaction, to be written if that is committed."""
        self._pending.append(entry)

    @property
    def noted(self) -> int:
        """How many statements of the open transaction are remembered."""
        return len(self._pending)

    def forget_after(self, count: int) -> None:
        """Forgets the remembered statements after the first `count`: they were rolled back."""
        del self._pending[count:]

    def write(self) -> None:
        """Writes the remembered statements; called just before a commit amid the revision."""
        if self._pending:
            self._create()
            for entry in self._pending:
                self._insert(entry, done=True)
            self._done += len(self._pending)
            self._pending.clear()

    def close(self) -> int:
        """Deletes the entries, in the transaction that writes the new revision down.

        Returns how many statements of earlier attempts this one no longer had.
        """
        self._pending.clear()
        if self._exists:
            execute_own(
                self.connection,
                f"DELETE FROM {TABLE} WHERE version_table = %s AND revision = %s",  # noqa: S608
                self._key[:2],
            )
        return self._committed.total()

    @property
    def _key(self) -> list[str]:
        return [self.version_table, self.revision, self.direction]

    def _create(self) -> None:
        if not self._exists:
            self.require_privileges()
            create_schema(self.connection)
            execute_own(self.connection, _CREATE)
            self._exists = True

    def _insert(self, entry: str, *, done: bool) -> None:
        execute_own(
            self.connection,
            f"INSERT INTO {TABLE} (version_table, revision, direction, fingerprint, done) "  # noqa: S608
            "VALUES (%s, %s, %s, %s, %s)",
            [*self._key, entry, done],
        )


def fingerprint(
    connection: psycopg.Connection[TupleRow], statement: str, rows: Sequence[Any]
) -> str:
    """A hash of a statement and of the parameters of its rows, which may be secret."""
    text = " ".join(statement.split())
    if not any(rows):
        return sha256(text.encode()).hexdigest()
    # As SQL, because the repr of some values, such as Jsonb, shows only how they begin.
    cursor = psycopg.ClientCursor(connection)
    digest = sha256()
    for row in rows:
        digest.update(cursor.mogrify(text.encode(), row).encode() + b"\0")
    return digest.hexdigest()
