"""Brings a database forward, one revision at a time."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from migrator.errors import MigratorError, UsageError
from migrator.project.history import HEAD, Phase, Revision
from migrator.project.online import Standing
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings
from migrator.runner.advisory_lock import HeldLock
from migrator.runner.attempts import run_revision
from migrator.runner.gates import Gate, GateError, backfill_missing
from migrator.runner.guarded import half_applied, lock_of, reached_after
from migrator.runner.journal import require_finished
from migrator.runner.own_commits import require_committed
from migrator.runner.plan import plan
from migrator.runner.policy import WaitPolicy

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class UpgradeReport:
    """What an upgrade did.

    previous, revision: where the database stood before and stands now; None before the first.
    applied: ids, in the order they ran.
    gate: the contract revision that comes next and is not approved; None if there is none.
    """

    previous: str | None
    revision: str | None
    applied: tuple[str, ...]
    gate: Gate | None


def upgrade(
    settings: MigratorSettings,
    *,
    target: str = HEAD,
    phase: Phase | None = None,
    approved: Collection[str] = (),
    policy: WaitPolicy | None = None,
    say: Callable[[str], None] = logger.info,
) -> UpgradeReport:
    """Applies the revisions up to `target`, as far as the way is open (see `plan`).

    approved: ids of contract revisions that may run.
    say: told what is done, a line at a time.

    Raises HistoryError, UsageError where the version table cannot take what is to be run,
    RevisionError, LockedByAnotherError, HalfAppliedError when something else has to be finished
    first, and GateError when a contract revision's backfill is not complete, or when a contract
    revision that is not approved stands before `target` or before expand revisions. What came
    before it is applied.
    """
    policy = policy or WaitPolicy()
    project = Project.open(settings)
    standing = project.observe()
    with lock_of(standing).held(wait=policy.migrator_wait, say=say) as lock:
        lock.await_interrupted(wait=policy.migrator_wait, say=say)
        # Only now: the migrator that held the lock until now may have changed it. Through env.py,
        # because only its session has the role and the search path that find the version table.
        current = project.observe().revision
        way = plan(project.history, current=current, target=target, phase=phase, approved=approved)
        _require_room(way.revisions, standing)
        if way.revisions:
            standing.require("INSERT" if current is None else "UPDATE")
        if len(way.revisions) > 1:
            standing.require("UPDATE")
        first = way.revisions[0].id if way.revisions else None
        require_finished(half_applied(project, standing), but=first, direction="up")
        for revision in way.revisions:
            lock.verify()
            _require_backfill(revision, settings, lock)
            say(f"applying {revision}")
            run_revision(project, revision, "up", policy=policy, say=say)
            require_committed(project, standing, revision.id)
        applied = tuple(revision.id for revision in way.revisions)
        reached = reached_after(project, applied)
    if applied and reached != applied[-1]:
        raise MigratorError(
            f"{applied[-1]} ran, but the database says {reached or 'base'}: did env.py or "
            "someone else write the version table?"
        )
    if way.blocked:
        raise GateError(way.blocked)
    return UpgradeReport(previous=current, revision=reached, applied=applied, gate=way.gate)


def _require_room(revisions: Sequence[Revision], standing: Standing) -> None:
    """Raises UsageError if the version table could not take an id once its revision has run."""
    for revision in revisions:
        if standing.longest_id is not None and len(revision.id) > standing.longest_id:
            raise UsageError(
                f"the revision id {revision.id!r} has {len(revision.id)} characters, but "
                f"{standing.version_table} takes {standing.longest_id}: nothing was run. Give the "
                "revision a shorter id, or widen the column: "
                f"ALTER TABLE {standing.version_table} ALTER version_num TYPE varchar(255)"
            )


def _require_backfill(revision: Revision, settings: MigratorSettings, lock: HeldLock) -> None:
    if revision.phase != "contract":
        return
    missing = backfill_missing(revision, settings.config.parent / "backfills", lock.connection)
    if missing is not None:
        raise GateError(str(Gate(revision=revision.id, missing=(missing,))))
