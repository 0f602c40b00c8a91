"""Stands between a revision and its connection: every statement passes through here."""

import functools
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import psycopg
from alembic.runtime.migration import MigrationContext
from alembic.script import Script
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from sqlalchemy import Connection, event
from sqlalchemy.exc import ProgrammingError, ResourceClosedError

from migrator.database import DATABASE_ERRORS, driver_connection, sqlstate
from migrator.errors import MigratorError
from migrator.postgres.session_settings import session_settings
from migrator.project.unrun import unrun
from migrator.runner.advisory_lock import AdvisoryLock
from migrator.runner.execution import Savepoint, Say, StatementRunner
from migrator.runner.journal import HalfApplied, Journal, RowsLostError
from migrator.runner.kept_settings import KeptSettings
from migrator.runner.lock_wait import LockBudget
from migrator.runner.own_ends import OwnEnds
from migrator.runner.policy import WaitPolicy
from migrator.runner.second_connection import SecondConnectionError, SecondConnectionWatch
from migrator.runner.sent import Sent

logger = logging.getLogger(__name__)

IN_FAILED_TRANSACTION = "25P02"


class StatementGuard:
    """Guards the revisions that run on one connection.

    budget: of waiting for locks, shared by the attempts of one revision.
    statement: the last one that the running revision sent; None if it sent none.
    sent: the last one that was sent at all, by the revision or by Alembic after it.
    before: the last one of Alembic's before the revision; None once that has begun.
    failed: the last of the revision's that failed by itself; the revision may have gone on.
    half_done: what a revision that failed has committed; None if nothing.
    """

    def __init__(
        self,
        *,
        policy: WaitPolicy | None = None,
        budget: LockBudget | None = None,
        say: Say = logger.info,
    ) -> None:
        self.policy = policy or WaitPolicy()
        self.budget = budget or LockBudget(limit=self.policy.lock_deadline)
        self.say = say
        self.statement: str | None = None
        self.sent: Sent | None = None
        self.before: Sent | None = None
        self.failed: Sent | None = None
        self.half_done: HalfApplied | None = None
        self._runner: StatementRunner | None = None
        self._finished: StatementRunner | None = None
        self._is_running = False
        self._savepoints: list[Savepoint | None] = []
        self._own_ends = OwnEnds()
        self._detach: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None and error is self._own_ends.refusal:
            self.sent = None  # it was no statement
        failed = self._runner or self._finished
        self.half_done = failed.journal.half_done() if failed else None
        self._runner = self._finished = None
        while self._detach:
            self._detach.pop()()

    def attach(self, context: MigrationContext, version_table: str) -> None:
        """Guards the steps that a configured Alembic context will run."""
        connection = context.connection
        if connection is None:
            return
        for name in ("do_execute", "do_executemany"):
            self._listen(connection.engine, name, self._executing(connection, name))
        self._listen(
            connection.engine, "do_execute_no_params", self._without_parameters(connection)
        )
        self._listen(connection, "commit", self._committing)
        self._listen(connection, "savepoint", self._savepoint)
        self._listen(connection, "release_savepoint", self._released)
        self._listen(connection, "rollback_savepoint", self._rolled_back)
        settings = KeptSettings(connection=driver_connection(connection))
        context.run_migrations = functools.partial(
            self._run_migrations, context.run_migrations, settings
        )
        steps = context._migrations_fn
        context._migrations_fn = functools.partial(
            self._guard_steps, steps, settings, version_table
        )
        context.on_version_apply_callbacks = (
            *context.on_version_apply_callbacks,
            self._version_written,
        )

    def _run_migrations(
        self, run_migrations: Callable[..., None], settings: KeptSettings, **arguments: Any
    ) -> None:
        # Before Alembic's first query, which begins the transaction of the first revision.
        settings.change(_session_settings(settings.connection))
        self._is_running = True
        try:
            run_migrations(**arguments)
        finally:
            self._is_running = False
            settings.put_back()

    def _guard_steps(
        self,
        steps: Any,
        settings: KeptSettings,
        version_table: str,
        heads: Any,
        context: MigrationContext,
    ) -> Iterable[Any]:
        for step in steps(heads, context) if steps else ():
            revision = getattr(step, "revision", None)
            if revision is not None:  # a stamp runs nothing
                direction = "up" if step.is_upgrade else "down"
                step.migration_fn = self._guarded(
                    step.migration_fn, context, settings, version_table, revision, direction
                )
            yield step

    def _guarded(
        self,
        migration: Callable[..., None],
        context: MigrationContext,
        settings: KeptSettings,
        version_table: str,
        revision: Script,
        direction: Literal["up", "down"],
    ) -> Callable[..., None]:
        name = revision.revision

        @functools.wraps(migration)
        def run(**arguments: Any) -> None:
            if context.connection is None:
                raise RuntimeError("a revision runs without a connection")
            driver = driver_connection(context.connection)
            lock = AdvisoryLock(engine=context.connection.engine, version_table=version_table)
            # Again, because an earlier revision may have set them otherwise.
            settings.change({**_session_settings(driver), "application_name": lock.worker_name})
            journal = Journal(
                connection=driver,
                version_table=version_table,
                revision=name,
                direction=direction,
            )
            if "autocommit_block" in Path(revision.path).read_text(errors="replace"):
                journal.require_privileges()
            if done := journal.open():
                self.say(f"{name}: an earlier attempt has done {done} statements of it")
            self.statement = self.sent = self.before = self.failed = None
            self._own_ends = OwnEnds()
            self._runner = StatementRunner(
                connection=driver,
                policy=self.policy,
                budget=self.budget,
                journal=journal,
                say=self.say,
            )
            with (
                self._naming_lost_rows(self._runner),
                self._ending_own_waits(driver),
                _giving_up_what_hangs(context.connection),
                self._own_ends.refused(context, revision.path),
            ):
                result = migration(**arguments)
                if why := unrun("upgrade" if direction == "up" else "downgrade", result):
                    self.sent = None
                    raise MigratorError(why)
            # What follows is Alembic's own: the version table, and the commit.
            self._finished, self._runner = self._runner, None

        return run

    @contextmanager
    def _naming_lost_rows(self, runner: StatementRunner) -> Iterator[None]:
        """Raises RowsLostError where a revision reads the rows of a statement left out."""
        try:
            yield
        except (ResourceClosedError, ProgrammingError) as error:
            if runner.left_out is None or self.statement is None or sqlstate(error):
                raise
            revision = runner.journal.revision
            raise RowsLostError(self.statement, revision, runner.left_out) from None

    @contextmanager
    def _ending_own_waits(self, driver: psycopg.Connection[TupleRow]) -> Iterator[None]:
        """Raises SecondConnectionError where another connection of the revision's waits for it."""
        with SecondConnectionWatch(connection=driver) as watch:
            try:
                yield
            except DATABASE_ERRORS:
                if watch.query:
                    raise SecondConnectionError(watch.query) from None
                raise

    def _version_written(self, **_event: Any) -> None:
        runner, self._finished = self._finished, None
        if runner is not None and (left := runner.journal.close()):
            self.say(
                f"{runner.journal.revision} was changed after an earlier attempt: {left} of the "
                "statements that were committed then are no longer in it; compare the schema"
            )

    def _executing(self, connection: Connection, name: str) -> Callable[..., bool]:
        plain = getattr(connection.dialect, name)

        def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
            if context.root_connection is not connection:
                return False
            rows = parameters if name == "do_executemany" else [parameters]
            return self._run(statement, rows, lambda: plain(cursor, statement, parameters, context))

        return execute

    def _without_parameters(self, connection: Connection) -> Callable[..., bool]:
        plain = connection.dialect.do_execute_no_params

        def execute(cursor: Any, statement: str, context: Any) -> bool:
            if context.root_connection is not connection:
                return False
            return self._run(statement, (), lambda: plain(cursor, statement, context=context))

        return execute

    def _run(self, statement: str, rows: Sequence[Any], execute: Callable[[], None]) -> bool:
        if self._runner is None:
            if self._finished is not None:
                self.sent = Sent(text=statement, by="Alembic")
            elif self._is_running:
                self.before = Sent(text=statement, by="Alembic", is_before=True)
            return False
        self._own_ends.require_none()
        self.statement = statement
        self.sent = Sent(text=statement)
        try:
            self._runner.run(statement, rows, execute)
        except DATABASE_ERRORS as error:
            if sqlstate(error) != IN_FAILED_TRANSACTION:
                self.failed = self.sent
            raise
        return True

    def _committing(self, _connection: Connection) -> None:
        self.sent = Sent(text="COMMIT", by="Alembic")
        if self._runner is not None:
            self._runner.journal.write()
            self._runner.transaction_ended()

    def _savepoint(self, _connection: Connection, _name: str) -> None:
        self._savepoints.append(self._runner.savepoint() if self._runner else None)

    def _released(self, _connection: Connection, _name: str, _context: Any) -> None:
        self._savepoints.pop()

    def _rolled_back(self, _connection: Connection, _name: str, _context: Any) -> None:
        savepoint = self._savepoints.pop()
        if self._runner is not None and savepoint is not None:
            self._runner.rolled_back_to(savepoint)

    def _listen(self, target: Any, name: str, listener: Callable[..., Any]) -> None:
        event.listen(target, name, listener)
        self._detach.append(lambda: event.remove(target, name, listener))


def _session_settings(driver: psycopg.Connection[TupleRow]) -> dict[str, str]:
    return session_settings("revision", driver.info.server_version)


@contextmanager
def _giving_up_what_hangs(connection: Connection) -> Iterator[None]:
    """Closes a connection that a failure leaves amid a command, such as a COPY of the driver's.

    It could not even be rolled back, which SQLAlchemy would log with a traceback.
    """
    try:
        yield
    except Exception:
        if driver_connection(connection).info.transaction_status == TransactionStatus.ACTIVE:
            connection.invalidate()
        raise
