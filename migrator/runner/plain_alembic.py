"""Alembic's own commands, run with the runner's care: one at a time, and patient."""

import contextlib
import logging
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from alembic.runtime.migration import MigrationContext, RevisionStep
from sqlalchemy import Connection

from migrator.database import DATABASE_ERRORS
from migrator.errors import MigratorError
from migrator.project.history import BASE
from migrator.project.history_files import revision_of
from migrator.runner.advisory_lock import AdvisoryLock, HeldLock
from migrator.runner.attempts import attempts, failure_of
from migrator.runner.errors import first_reason
from migrator.runner.guard import StatementGuard
from migrator.runner.lock_wait import LockBudget
from migrator.runner.policy import WaitPolicy

# Alembic's commands have no option for it, so a statement may take as long as it takes.
POLICY = WaitPolicy(strong_statement=0.0)
# Shown under the logging that `alembic init` sets up: without it, a wait looks like a hang.
say = logging.getLogger(__name__).warning


def run_guarded(context: Any, connection: Connection, *, version_table: str) -> None:
    """Does what the command was told to: an upgrade, a downgrade or a stamp.

    context: the module `alembic.context`, configured. version_table: with its schema if any.

    Raises RevisionError, LockedByAnotherError and database errors.
    """
    lock = AdvisoryLock(engine=connection.engine, version_table=version_table)
    with lock.held(wait=POLICY.migrator_wait, say=say) as held:
        held.await_interrupted(wait=POLICY.migrator_wait, say=say)
        PlainRun(context=context, connection=connection, held=held).run()


@dataclass(kw_only=True)
class PlainRun:
    """What one command of Alembic's does, a revision at a time."""

    context: Any
    connection: Connection
    held: HeldLock

    @property
    def migration(self) -> MigrationContext:
        """Alembic's context of the run."""
        return self.context.get_context()

    def run(self) -> None:
        """Runs all that the command asks for."""
        steps = self._steps()
        if self.migration.purge or not all(isinstance(step, RevisionStep) for step in steps):
            self._attempt(steps, StatementGuard(policy=POLICY, say=say))  # a stamp runs no SQL
            return
        for step in steps:
            self.held.verify()
            self._run_revision(step)
        if not steps:
            self._attempt(steps, StatementGuard(policy=POLICY, say=say))

    def _steps(self) -> list[Any]:
        # Asked once: after a revision is applied, `+2` would mean two more.
        work = self.migration._migrations_fn
        heads = () if self.migration.purge else self.migration.get_current_heads()
        if not self._is_external and self.connection.in_transaction():
            self.connection.rollback()  # what is run sees the database as it is by then
        return list(work(heads, self.migration)) if work else []

    def _run_revision(self, step: RevisionStep) -> None:
        policy = self._policy()
        budget = LockBudget(limit=policy.lock_deadline)
        guard = StatementGuard(policy=policy, budget=budget, say=say)
        try:
            if self._is_external:  # not ours to give up
                self._attempt([step], guard)
            else:
                again = attempts(step.revision.revision, budget, policy=policy, say=say)
                again(self._attempt, [step], guard)
        except (MigratorError, *DATABASE_ERRORS) as error:
            reason = first_reason(error)
            at = self._standing()
            raise failure_of(revision_of(step.revision), reason, guard, budget, at=at) from None

    def _standing(self) -> str:
        """Where the database says it is; empty where it cannot be asked, or env.py may undo it."""
        if self._is_external:
            return ""
        try:
            return ", ".join(self.migration.get_current_heads()) or BASE
        except DATABASE_ERRORS:
            return ""
        finally:
            with contextlib.suppress(*DATABASE_ERRORS):
                self.connection.rollback()

    def _attempt(self, steps: Sequence[Any], guard: StatementGuard) -> None:
        """Runs the steps once; whatever comes, Alembic's context is as before afterwards."""
        migration = self.migration
        before = dict(vars(migration))
        # Copies, because the guard wraps what they run.
        migration._migrations_fn = lambda _heads, _context: [copy(step) for step in steps]
        try:
            with guard:
                guard.attach(migration, self.held.lock.version_table)
                with self.context.begin_transaction():
                    self.context.run_migrations()
        except BaseException:
            if not self._is_external and self.connection.in_transaction():
                with contextlib.suppress(*DATABASE_ERRORS):  # the first error tells more
                    self.connection.rollback()
            raise
        finally:
            vars(migration).clear()
            vars(migration).update(before)

    @property
    def _is_external(self) -> bool:
        """Whether env.py began the transaction, which is then not ours to give up."""
        return self.migration._in_external_transaction

    def _policy(self) -> WaitPolicy:
        if self._is_external:  # no second attempt: the first has to wait
            return replace(POLICY, queued_try=POLICY.lock_deadline)
        return POLICY
