"""Takes a database back, one revision at a time. Only ever asked for by name."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from migrator.errors import MigratorError
from migrator.project.history import HistoryError, HistoryFault
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings
from migrator.runner.attempts import run_revision
from migrator.runner.guarded import half_applied, lock_of, reached_after
from migrator.runner.journal import require_finished
from migrator.runner.own_commits import require_committed
from migrator.runner.policy import WaitPolicy

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class DowngradeReport:
    """previous, revision: where the database stood and stands; undone: ids, newest first."""

    previous: str | None
    revision: str | None
    undone: tuple[str, ...]


def downgrade(
    settings: MigratorSettings,
    *,
    target: str,
    policy: WaitPolicy | None = None,
    say: Callable[[str], None] = logger.info,
) -> DowngradeReport:
    """Undoes the revisions after `target`, which may be `base`, an id, or a step such as `-1`.

    Raises HistoryError, UsageError where the version table cannot be written, RevisionError,
    LockedByAnotherError, HalfAppliedError when something else has to be finished first, and
    MigratorError when the version table does not say what was done.
    """
    policy = policy or WaitPolicy()
    project = Project.open(settings)
    standing = project.observe()
    with lock_of(standing).held(wait=policy.migrator_wait, say=say) as lock:
        lock.await_interrupted(wait=policy.migrator_wait, say=say)
        current = project.observe().revision
        wanted = project.history.resolve(target, current=current)
        if project.history.position(wanted) > project.history.position(current):
            raise HistoryError(
                HistoryFault(
                    subject="target",
                    message=f"{target!r} lies ahead of {current or 'base'}, where the database "
                    "is; use `python -m migrator upgrade`",
                )
            )
        way = project.history.between(wanted, current)
        if way:
            standing.require("DELETE" if wanted is None else "UPDATE")
        if len(way) > 1:
            standing.require("UPDATE")
        first = current if wanted != current else None
        require_finished(half_applied(project, standing), but=first, direction="down")
        undone: list[str] = []
        for revision in reversed(way):
            lock.verify()
            say(f"undoing {revision}")
            run_revision(project, revision, "down", policy=policy, say=say)
            require_committed(project, standing, revision.parent)
            undone.append(revision.id)
        reached = reached_after(project, undone)
    if reached != wanted:
        raise MigratorError(
            f"{', '.join(undone) or 'nothing'} was undone, but the database says "
            f"{reached or 'base'}: did env.py or someone else write the version table?"
        )
    return DowngradeReport(previous=current, revision=reached, undone=tuple(undone))
