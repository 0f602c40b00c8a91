"""How one statement of a revision is run: locks first, then under limits that fit it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import errors
from psycopg.rows import TupleRow

from migrator.errors import MigratorError
from migrator.postgres.effects import Lock
from migrator.postgres.statements import actions as a
from migrator.postgres.statements import unsendable_character
from migrator.runner.blocked_watch import BlockedWatch
from migrator.runner.demand import Demand, Patience, demand_of
from migrator.runner.detach_care import DetachCare
from migrator.runner.index_care import IndexCare
from migrator.runner.journal import Journal, fingerprint
from migrator.runner.lock_wait import LockBudget, LockWaiter, autovacuum_patience
from migrator.runner.policy import WaitPolicy
from migrator.runner.sent import execute_own
from migrator.snapshot import Catalog
from migrator.snapshot.lock_reach import read_lock_reach

Say = Callable[[str], None]
LIMITS = frozenset({"lock_timeout", "statement_timeout"})

# What SELECT FOR UPDATE and a function that changes rows leave behind.
_KEEPS_ROWS = """
SELECT EXISTS (
  SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
  WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind <> 'S'
    AND l.mode IN ('RowShareLock', 'RowExclusiveLock')
    AND c.relnamespace <> 'pg_catalog'::regnamespace)
"""


class TransactionControlError(MigratorError):
    """A revision begins or ends a transaction, which is for the runner to do."""

    def __init__(self, statement: str) -> None:
        super().__init__(
            f"a revision may not begin or end a transaction itself: {' '.join(statement.split())}. "
            "What it commits could not be told from what is still to be done, and would be done "
            "twice. Leave it out; what has to be committed on its own goes into `with "
            "op.get_context().autocommit_block():`"
        )


class UnsendableError(MigratorError):
    """A statement of a revision's that the driver cannot send, or not as it is written."""


@dataclass(frozen=True, kw_only=True)
class Savepoint:
    """noted: statements remembered for the journal; holding: whether others might wait, by then."""

    noted: int
    holding: bool


@dataclass(kw_only=True)
class StatementRunner:
    """Runs the statements of one revision on its connection.

    catalog: as it was before the revision; what the revision makes itself has no other users.
    left_out: the journal's entry of the last statement, if an earlier attempt had done that one.
    """

    connection: psycopg.Connection[TupleRow]
    policy: WaitPolicy
    budget: LockBudget
    journal: Journal
    say: Say
    catalog: Catalog = field(init=False)
    left_out: str | None = None
    _own_limits: set[str] = field(default_factory=set)
    _holding: bool = False
    _ahead: bool = False
    _limited: Patience | None = None
    _transaction: int = 0

    def __post_init__(self) -> None:
        self.catalog = read_lock_reach(self.connection)

    def run(self, statement: str, rows: Sequence[Any], execute: Callable[[], None]) -> None:
        """Runs one statement, unless an earlier attempt has done it.

        statement: as for psycopg. rows: its parameters, once for each time that it is sent.
        execute: sends it.

        Raises TransactionControlError, and sends nothing, if it begins or ends a transaction, and
        UnsendableError if it cannot be sent.
        """
        if unsendable := unsendable_character(statement):
            raise UnsendableError(f"the statement holds {unsendable}")
        demand = demand_of(statement, self.catalog, self.connection.info.server_version)
        if demand.transaction_control is not None:
            raise TransactionControlError(demand.transaction_control)
        for action in demand.actions:
            if isinstance(action, a.CopyOverConnection):
                raise UnsendableError(
                    f"COPY {action.words} cannot be run by a revision: nobody would send or take "
                    "the rows. Insert them with op.bulk_insert(), or COPY a file on the server"
                )
        # A revision that sets a limit itself knows why.
        self._own_limits |= demand.settings() & LIMITS
        self.left_out = None
        if not demand.changes:
            self._query(execute)
            return
        entry = fingerprint(self.connection, statement, rows)
        if self.journal.take(entry):
            self.left_out = entry
            self.say(f"already done by an earlier attempt: {' '.join(statement.split())}")
            if self.connection.autocommit and demand.transactional:
                self.transaction_ended()  # every attempt counts its transactions alike
        elif not self.connection.autocommit:
            self._run_inside(demand, execute)
            self.journal.note(entry)
        elif demand.transactional:
            with self.connection.transaction():
                self._run_inside(demand, execute)
                self.journal.finish(entry)
            self.transaction_ended()
        else:
            self._run_outside(entry, demand, execute)

    def transaction_ended(self) -> None:
        """Locks and limits end with their transaction."""
        self._holding = self._ahead = False
        self._limited = None
        self._transaction += 1

    def savepoint(self) -> Savepoint:
        """To be given to `rolled_back_to`."""
        return Savepoint(noted=self.journal.noted, holding=self._holding)

    def rolled_back_to(self, savepoint: Savepoint) -> None:
        """A savepoint of the revision's own was rolled back, with the locks taken since."""
        self.journal.forget_after(savepoint.noted)
        self._holding = savepoint.holding
        self._ahead = self._ahead and self._holding
        self._limited = None

    def _query(self, execute: Callable[[], None]) -> None:
        if self.connection.autocommit:
            self._execute("plain", execute)
            return
        if self._transaction in self.budget.locked_by_queries:
            self._take_seen()
        self._limit("strong" if self._ahead else "plain")
        self._execute("plain", execute)
        if not self._holding and self._keeps_rows():
            self.budget.locked_by_queries.add(self._transaction)
            self._holding = True

    def _run_inside(self, demand: Demand, execute: Callable[[], None]) -> None:
        if demand.holds and not demand.locks:
            self._take_seen()
        self._ahead = self._ahead and not demand.locks
        self._limit("strong" if self._ahead else demand.patience)
        if demand.locks:
            self._acquire(self.budget.with_seen(self._transaction, demand.locks))
        self._holding = self._holding or demand.holds
        self._execute(demand.patience, execute)

    def _take_seen(self) -> None:
        """Takes the locks that an earlier attempt lost, before rows are locked.

        Until the statement that needs them, what runs under them has to be quick.
        """
        seen = self.budget.with_seen(self._transaction, ())
        if seen and not self._holding:
            self._acquire(seen)
            self._ahead = True

    def _acquire(self, locks: Sequence[Lock]) -> None:
        waiter = LockWaiter(
            connection=self.connection,
            catalog=self.catalog,
            policy=self.policy,
            budget=self.budget,
            say=self.say,
        )
        waiter.acquire(locks, patient=not self._holding)
        self._holding = True

    def _keeps_rows(self) -> bool:
        row = execute_own(self.connection, _KEEPS_ROWS).fetchone()
        return row is not None and row[0]

    def _run_outside(self, entry: str, demand: Demand, execute: Callable[[], None]) -> None:
        for name, value in self._limits(demand.patience):
            execute_own(self.connection, "SELECT set_config(%s, %s, false)", [name, value])
        try:
            self._run_with_care(entry, demand, execute)
        finally:
            if not self.connection.broken:
                self._unlimit()

    def _run_with_care(self, entry: str, demand: Demand, execute: Callable[[], None]) -> None:
        cares = [
            care(
                connection=self.connection,
                catalog=self.catalog,
                report_every=self.policy.report_every,
                say=self.say,
            )
            for care in (IndexCare, DetachCare)
        ]
        started = self.journal.was_started(entry)
        if [
            any(care.before(action, started=started) for care in cares) for action in demand.actions
        ] == [True]:
            self.journal.finish(entry)
            return
        if not any(care.is_there(action) for action in demand.actions for care in cares):
            self.journal.start(entry)
        try:
            self._execute(demand.patience, execute)
        except psycopg.Error:
            if not self.connection.broken:  # otherwise the next attempt clears up
                for action in demand.actions:
                    for care in cares:
                        care.after_failure(action)
                self.journal.forget_start(entry)
            raise
        self.journal.finish(entry)

    def _execute(self, patience: Patience, execute: Callable[[], None]) -> None:
        """Runs it, and sees whom it waits for: now and then, or before a limit cancels it."""
        watch = BlockedWatch(
            connection=self.connection,
            report_every=self.policy.report_every,
            look_every=None if patience == "online" else self.policy.queued_try / 4,
            say=self.say,
        )
        try:
            with watch:
                execute()
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            self.budget.blocked_by = "; ".join(map(str, watch.blockers))
            raise

    def _limit(self, patience: Patience) -> None:
        """Sets the limits for the rest of the transaction."""
        if patience != self._limited:
            for name, value in self._limits(patience):
                execute_own(self.connection, "SELECT set_config(%s, %s, true)", [name, value])
            self._limited = patience

    def _limits(self, patience: Patience) -> list[tuple[str, str]]:
        lock_timeout = 0.0 if patience == "online" else self.policy.queued_try
        if patience == "maintenance":  # nobody of the application waits behind it
            lock_timeout += autovacuum_patience(self.connection)
        limits = {
            "lock_timeout": lock_timeout,
            "statement_timeout": self.policy.strong_statement if patience == "strong" else 0.0,
        }
        return [
            (name, f"{round(seconds * 1000)}ms")
            for name, seconds in limits.items()
            if name not in self._own_limits
        ]

    def _unlimit(self) -> None:
        for name in sorted(LIMITS - self._own_limits):
            execute_own(self.connection, f"RESET {name}")
