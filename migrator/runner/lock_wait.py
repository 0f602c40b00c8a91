"""Taking strong locks without making the application wait for them.

A probe with NOWAIT never enters the lock's queue, so nobody queues behind it. Now and then a
short stay in the queue gets a lock that probes alone would never find free.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import psycopg
from psycopg import errors, sql
from psycopg.rows import TupleRow

from migrator.errors import MigratorError
from migrator.postgres.effects import Lock
from migrator.postgres.lock_modes import STRENGTH, stronger
from migrator.runner.blockers import Blocker, find_blockers
from migrator.runner.policy import WaitPolicy
from migrator.snapshot import Catalog

NAMED_BLOCKERS = 3
# Stays in the queue that are long enough for PostgreSQL to cancel an autovacuum: so many, should it
# be one that is not cancelled although nothing says so.
LONG_STAYS = 3
_LOCKABLE = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.oid = to_regclass(%s) AND c.relkind IN ('r', 'p')
"""


class LockDeadlineError(MigratorError):
    """The locks of a revision were not free in time; the message names who held them."""


@dataclass(kw_only=True)
class LockBudget:
    """What the attempts of one revision share.

    limit, spent: how long it may wait for locks, and has waited, in seconds.
    seen: the locks of each of its transactions, by number, as earlier attempts met them. The
        next attempt takes them all at once, before it does anything.
    locked_by_queries: the transactions in which a query has locked or changed rows, as
        SELECT FOR UPDATE does and any function may.
    blocked_by: who had the lock that was lost last; empty if nobody saw it.
    """

    limit: float
    spent: float = 0.0
    seen: dict[int, dict[str, str]] = field(default_factory=dict)
    locked_by_queries: set[int] = field(default_factory=set)
    blocked_by: str = ""

    def with_seen(self, transaction: int, locks: Sequence[Lock]) -> list[Lock]:
        """The locks, and those that the same transaction needed in earlier attempts."""
        seen = self.seen.setdefault(transaction, {})
        for lock in locks:
            seen[lock.relation] = stronger(seen.get(lock.relation, lock.mode), lock.mode)
        return [Lock(relation=relation, mode=mode) for relation, mode in seen.items()]

    @property
    def exhausted(self) -> bool:
        """Whether no waiting is left."""
        return self.spent >= self.limit


@dataclass(frozen=True, kw_only=True)
class LockWaiter:
    """Takes locks in one connection's transaction."""

    connection: psycopg.Connection[TupleRow]
    catalog: Catalog
    policy: WaitPolicy
    budget: LockBudget
    say: Callable[[str], None]

    def acquire(self, locks: Sequence[Lock], *, patient: bool) -> None:
        """Takes all the locks or none.

        patient: False when the transaction already keeps others out: then one short try is all,
            and psycopg's LockNotAvailable asks for the transaction to be given up.

        Raises LockDeadlineError when the budget is spent.
        """
        wanted = self._lockable(locks)
        if not wanted:
            return
        started = time.monotonic()
        queued_at = started
        told = False
        long_stays = LONG_STAYS
        while True:
            now = time.monotonic()
            queued = not patient or now - queued_at >= self.policy.queued_every
            long = queued and patient and long_stays > 0 and self._only_autovacuum(wanted)
            long_stays -= long
            if self._try(wanted, queued=queued, long=long):
                self.budget.spent += time.monotonic() - started
                return
            if queued:
                queued_at = time.monotonic()
            self._give_up_if_late(wanted, started)
            if not patient:
                self.budget.spent += time.monotonic() - started
                self.budget.blocked_by = ""  # the message has it, also under plain Alembic
                raise errors.LockNotAvailable(
                    f"no lock on {_names(wanted)} at once: {self._blocked_by(wanted)}"
                )
            if not told:
                told = True
                self.say(f"waiting for {_names(wanted)}: {self._blocked_by(wanted)}")
            time.sleep(self.policy.probe_interval)

    def _try(self, wanted: "Sequence[_Wanted]", *, queued: bool, long: bool) -> bool:
        try:
            with self.connection.transaction():  # a savepoint
                if queued:
                    stay = self.policy.queued_try
                    if long:
                        stay += autovacuum_patience(self.connection)
                    milliseconds = max(1, round(stay * 1000))
                    self.connection.execute(
                        "SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"]
                    )
                for mode, group in groupby(wanted, key=lambda each: each.mode):
                    self.connection.execute(_lock_statement(list(group), mode, queued=queued))
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            return False
        except (errors.UndefinedTable, errors.InsufficientPrivilege):
            # Dropped meanwhile, or not ours to lock: the statement itself will say so.
            return True
        return True

    def _give_up_if_late(self, wanted: "Sequence[_Wanted]", started: float) -> None:
        waited = self.budget.spent + time.monotonic() - started
        if waited >= self.budget.limit:
            raise LockDeadlineError(
                f"no lock on {_names(wanted)} within {self.budget.limit:g} s: "
                f"{self._blocked_by(wanted)}. Let it finish or end it, then run this again"
            )

    def _only_autovacuum(self, wanted: "Sequence[_Wanted]") -> bool:
        found = self._blockers(wanted)
        return bool(found) and all(blocker.session.lets_go for blocker in found)

    def _blockers(self, wanted: "Sequence[_Wanted]") -> list[Blocker]:
        return [
            blocker
            for mode, group in groupby(wanted, key=lambda each: each.mode)
            for blocker in find_blockers(self.connection, [each.name for each in group], mode)
        ]

    def _blocked_by(self, wanted: "Sequence[_Wanted]") -> str:
        found = self._blockers(wanted)
        distinct = {blocker.session: blocker for blocker in reversed(found)}.values()
        text = "; ".join(str(blocker) for blocker in list(distinct)[:NAMED_BLOCKERS])
        return text or "whoever held it has just let go"

    def _lockable(self, locks: Sequence[Lock]) -> "list[_Wanted]":
        """LOCK TABLE takes tables only; a lock on anything else is left to the statement."""
        wanted = []
        for lock in locks:
            row = self.connection.execute(
                _LOCKABLE, [self.catalog.quoted(lock.relation)]
            ).fetchone()
            if row is not None:
                wanted.append(_Wanted(name=row[0], mode=lock.mode))
        return sorted(wanted, key=lambda each: (-STRENGTH[each.mode], each.name))


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """name: quoted, and qualified unless the search path finds it."""

    name: str
    mode: str


def autovacuum_patience(connection: psycopg.Connection[TupleRow]) -> float:
    """After how many seconds of waiting PostgreSQL cancels an autovacuum that is in the way."""
    row = connection.execute(
        "SELECT setting::float8 / 1000 FROM pg_settings WHERE name = 'deadlock_timeout'"
    ).fetchone()
    return row[0] if row else 1.0


def _lock_statement(wanted: "Sequence[_Wanted]", mode: str, *, queued: bool) -> sql.Composed:
    # `relation` and `mode` come from PostgreSQL's catalog and our own table of modes.
    tables = ", ".join(f"ONLY {each.name}" for each in wanted)
    ending = "" if queued else " NOWAIT"
    return sql.SQL("LOCK TABLE {} IN {} MODE{}").format(
        sql.SQL(tables),  # pyright: ignore[reportArgumentType]
        sql.SQL(mode),  # pyright: ignore[reportArgumentType]
        sql.SQL(ending),
    )


def _names(wanted: "Sequence[_Wanted]") -> str:
    return ", ".join(f"{each.name} ({each.mode})" for each in wanted)
