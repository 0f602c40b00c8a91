"""Brings a database forward, one revision at a time."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from migrator.errors import MigratorError
from migrator.history import HEAD, Revision
from migrator.runner.environment import script_of
from migrator.runner.errors import RevisionError
from migrator.runner.guard import StatementGuard
from migrator.runner.policy import WaitPolicy
from migrator.runner.project import Project, current_revision
from migrator.settings import MigratorSettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class UpgradeReport:
    """What an upgrade did.

    previous, revision: where the database stood before and stands now; None before the first.
    applied: ids, in the order they ran.
    """

    previous: str | None
    revision: str | None
    applied: tuple[str, ...]


def upgrade(
    settings: MigratorSettings,
    *,
    target: str = HEAD,
    approved: Iterable[str] = (),
    policy: WaitPolicy | None = None,
    say: Callable[[str], None] = logger.info,
) -> UpgradeReport:
    """Applies the revisions up to `target`.

    approved: ids of contract revisions that may run.
    Raises HistoryError, RevisionError, LockedByAnotherError.
    """
    policy = policy or WaitPolicy()
    project = Project.open(settings)
    standing = project.observe()
    with standing.lock.held(wait=policy.migrator_wait) as lock:
        # Only now: the migrator that held the lock until now may have changed it.
        current = current_revision(lock.connection, standing)
        wanted = project.history.resolve(target, current=current)
        applied: list[str] = []
        for revision in project.history.between(current, wanted):
            lock.verify()
            say(f"applying {revision}")
            apply(project, revision)
            applied.append(revision.id)
        reached = current_revision(lock.connection, standing)
    if applied and reached != applied[-1]:
        raise MigratorError(
            f"{applied[-1]} ran, but the database says {reached or 'base'}: did env.py or "
            "someone else write the version table?"
        )
    return UpgradeReport(previous=current, revision=reached, applied=tuple(applied))


def apply(project: Project, revision: Revision) -> None:
    """Runs one revision's upgrade(); raises RevisionError."""

    def steps(heads: Any, context: MigrationContext) -> Iterable[Any]:
        return script_of(context)._upgrade_revs(revision.id, heads)

    guard = StatementGuard()
    try:
        project.run(guard, steps)
    except DBAPIError as error:
        raise RevisionError(revision, guard.statement, error) from None
