"""A project's env.py run with a guard on its connection, and what an earlier run left undone."""

from collections.abc import Iterable, Sequence
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from migrator.database import driver_connection
from migrator.errors import MigratorError, UsageError
from migrator.project.environment import Steps
from migrator.project.online import Standing, run_online_environment
from migrator.project.project import Project
from migrator.project.version_table import version_table_of
from migrator.runner.advisory_lock import AdvisoryLock
from migrator.runner.guard import StatementGuard
from migrator.runner.journal import HalfApplied, find_half_applied


def run_guarded(project: Project, guard: StatementGuard, steps: Steps) -> None:
    """Runs env.py once, on a fresh connection; the guard sees every statement of `steps`."""

    def attach(context: MigrationContext) -> None:
        guard.attach(context, version_table_of(context))

    with project.connection() as connection, guard:
        run_online_environment(project.config(), connection, steps, configured=attach)


def half_applied(project: Project, standing: Standing) -> list[HalfApplied]:
    """What an interrupted or failed run left to be finished, as env.py's session sees it.

    Raises UnreachableError and RefusedError.
    """
    found: list[HalfApplied] = []

    def look(_heads: Any, context: MigrationContext) -> Iterable[Any]:
        if context.connection is not None:
            driver = driver_connection(context.connection)
            found.extend(find_half_applied(driver, standing.version_table))
        return ()

    project.look(look)
    return found


def reached_after(project: Project, done: Sequence[str]) -> str | None:
    """Where the database stands after a run. done: the ids that it applied or undid.

    Raises MigratorError, which says what was done, where the database cannot be asked any more.
    """
    try:
        return project.observe().revision
    except UsageError as error:
        if not done:
            raise
        raise MigratorError(
            f"{', '.join(done)} ran, but the database could not be asked afterwards: {error}"
        ) from None


def lock_of(standing: Standing) -> AdvisoryLock:
    """The lock that every migrator of this database takes."""
    return AdvisoryLock(engine=standing.engine, version_table=standing.version_table)


def script_of(context: MigrationContext) -> ScriptDirectory:
    """The script directory that a context works on."""
    if context.script is None:
        raise MigratorError("Alembic's context has no script directory")
    return context.script
