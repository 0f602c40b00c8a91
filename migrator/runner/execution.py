"""How one statement of a revision is run: locks first, then under limits that fit it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from migrator.runner.blocked_watch import blocked_watch
from migrator.runner.demand import Demand, Patience, demand_of
from migrator.runner.index_care import IndexCare
from migrator.runner.journal import Journal, fingerprint
from migrator.runner.lock_catalog import read_lock_catalog
from migrator.runner.lock_wait import LockBudget, LockWaiter
from migrator.runner.policy import WaitPolicy
from migrator.snapshot import Catalog

Say = Callable[[str], None]
LIMITS = frozenset({"lock_timeout", "statement_timeout"})


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
    _limited: Patience | None = None
    _transaction: int = 0

    def __post_init__(self) -> None:
        self.catalog = read_lock_catalog(self.connection)

    def run(self, statement: str, rows: Sequence[Any], execute: Callable[[], None]) -> None:
        """Runs one statement, unless an earlier attempt has done it.

        statement: as for psycopg. rows: its parameters, once for each time that it is sent.
        execute: sends it.
        """
        demand = demand_of(statement, self.catalog, self.connection.info.server_version)
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
        self._holding = False
        self._limited = None
        self._transaction += 1

    def rolled_back_to(self, noted: int) -> None:
        """A savepoint of the revision's own was rolled back; `noted` as it was then."""
        self.journal.forget_after(noted)
        self._limited = None

    def _query(self, execute: Callable[[], None]) -> None:
        if not self.connection.autocommit:
            self._limit("plain")
        execute()

    def _run_inside(self, demand: Demand, execute: Callable[[], None]) -> None:
        self._limit(demand.patience)  # begins the transaction, if need be
        if demand.locks:
            waiter = LockWaiter(
                connection=self.connection, policy=self.policy, budget=self.budget, say=self.say
            )
            locks = self.budget.with_seen(self._transaction, demand.locks)
            waiter.acquire(locks, patient=not self._holding)
            self._holding = True
        self._execute(demand, execute)

    def _run_outside(self, entry: str, demand: Demand, execute: Callable[[], None]) -> None:
        care = IndexCare(connection=self.connection, say=self.say)
        started = self.journal.was_started(entry)
        if [care.before(action, started=started) for action in demand.actions] == [True]:
            self.journal.finish(entry)
            return
        if not any(care.exists(action) for action in demand.actions):
            self.journal.start(entry)
        for name, value in self._limits(demand.patience):
            self.connection.execute("SELECT set_config(%s, %s, false)", [name, value])
        try:
            self._execute(demand, execute)
        except psycopg.Error:
            if not self.connection.broken:  # otherwise the next attempt clears up
                self._unlimit()
                for action in demand.actions:
                    care.after_failure(action)
                self.journal.forget_start(entry)
            raise
        self._unlimit()
        self.journal.finish(entry)

    def _execute(self, demand: Demand, execute: Callable[[], None]) -> None:
        if demand.patience != "online":
            execute()
            return
        with blocked_watch(self.connection, every=self.policy.report_every, say=self.say):
            execute()

    def _limit(self, patience: Patience) -> None:
        """Sets the limits for the rest of the transaction."""
        if patience != self._limited:
            for name, value in self._limits(patience):
                self.connection.execute("SELECT set_config(%s, %s, true)", [name, value])
            self._limited = patience

    def _limits(self, patience: Patience) -> list[tuple[str, str]]:
        limits = {
            "lock_timeout": 0.0 if patience == "online" else self.policy.queued_try,
            "statement_timeout": self.policy.strong_statement if patience == "strong" else 0.0,
        }
        return [
            (name, f"{round(seconds * 1000)}ms")
            for name, seconds in limits.items()
            if name not in self._own_limits
        ]

    def _unlimit(self) -> None:
        for name in sorted(LIMITS - self._own_limits):
            self.connection.execute(f"RESET {name}".encode())
