"""Alembic's own commands, run with the runner's care: one at a time, and patient."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext, RevisionStep
from sqlalchemy import Connection
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from migrator.database import driver_connection, server_message, sqlstate
from migrator.errors import MigratorError
from migrator.history import Revision
from migrator.runner.advisory_lock import AdvisoryLock, HeldLock
from migrator.runner.attempts import RETRIED
from migrator.runner.errors import DATABASE_ERRORS, RevisionError, first_reason
from migrator.runner.guard import StatementGuard
from migrator.runner.lock_wait import LockBudget
from migrator.runner.policy import WaitPolicy
from migrator.runner.waited_for import watched

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
    """What one command of Alembic's does, a revision at a time.

    blockers: who the last attempt waited for, if it was seen waiting.
    """

    context: Any
    connection: Connection
    held: HeldLock
    blockers: list[str] = field(default_factory=list)

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
        return list(work(heads, self.migration)) if work else []

    def _run_revision(self, step: RevisionStep) -> None:
        policy = self._policy()
        budget = LockBudget(limit=policy.lock_deadline)
        guard = StatementGuard(policy=policy, budget=budget, say=say)
        self.blockers.clear()

        def pause(state: RetryCallState) -> None:
            seconds = state.next_action.sleep if state.next_action else 0.0
            budget.spent += seconds
            error = state.outcome.exception() if state.outcome else None
            reason = server_message(error) if error else "unknown"
            say(
                f"{step.revision.revision} lost a lock ({reason}{self._waited_for()}); "
                f"the whole of it again in {seconds:.1f} s"
            )

        retrying = Retrying(
            retry=retry_if_exception(self._may_be_retried),
            wait=wait_exponential_jitter(
                multiplier=policy.retry_base, max=policy.retry_cap, jitter=policy.retry_base
            ),
            stop=lambda _state: budget.exhausted,
            before_sleep=pause,
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt, self._watched(first=attempt.retry_state.attempt_number == 1):
                    self._attempt([step], guard)
        except (MigratorError, *DATABASE_ERRORS) as error:
            raise self._failure(step, guard, first_reason(error)) from None

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

    def _may_be_retried(self, error: BaseException) -> bool:
        return sqlstate(error) in RETRIED and not self._is_external

    @contextmanager
    def _watched(self, *, first: bool) -> Iterator[None]:
        # Most revisions never wait, and asking all the time is a load for the server.
        if first and not self._is_external:
            yield
            return
        pid = driver_connection(self.connection).info.backend_pid
        with watched(driver_connection(self.held.connection), pid, seen=self.blockers):
            yield

    def _waited_for(self) -> str:
        return f"; waited for {'; '.join(self.blockers)}" if self.blockers else ""

    def _failure(
        self, step: RevisionStep, guard: StatementGuard, error: BaseException
    ) -> MigratorError:
        script = step.revision
        revision = Revision(
            id=script.revision,
            parent=None,
            message=script.doc,
            phase="expand",
            backfill=None,
            path=Path(script.path),
        )
        at = ", ".join(step.from_revisions) or None
        failure = RevisionError(revision, guard.statement, error, at=at)
        if sqlstate(error) in RETRIED and self.blockers:
            return MigratorError(f"{failure}\n  it waited for {'; '.join(self.blockers)}")
        return failure
