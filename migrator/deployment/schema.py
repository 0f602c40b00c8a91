"""A database's revision: what is left to do, the way there, and what a later look finds."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.backfill import RunOptions
from migrator.deployment.backfills import run_backfills
from migrator.errors import MigratorError
from migrator.project.history import HEAD, HistoryError, Phase, Revision
from migrator.project.history_files import read_linear_history
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings
from migrator.runner.plan import Plan, plan
from migrator.runner.policy import WaitPolicy
from migrator.runner.upgrade import UpgradeReport, upgrade

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How far a deployment takes a database.

    target: a revision's id, or ``head``. phase: as `migrator.runner.plan.plan`'s. approved: ids of
    the contract revisions that may run.
    """

    target: str = HEAD
    phase: Phase | None = None
    approved: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What a deployment did: where the database stood, where it stands, and the ids between."""

    previous: str | None
    revision: str | None
    applied: tuple[str, ...]


def contracts_on_the_way(way: Plan, phase: Phase | None) -> list[Revision]:
    """The contract revisions of an expand phase that wait for a backfill."""
    if phase != "expand":
        return []
    return [each for each in way.revisions if each.phase == "contract" and each.backfill]


def bring_to(
    settings: MigratorSettings,
    wanted: Wanted,
    *,
    policy: WaitPolicy | None = None,
    options: RunOptions | None = None,
    say: Callable[[str], None] = logger.info,
) -> Applied:
    """Brings a database to what is wanted; one that is there already is left as it is.

    An expand phase with contract revisions between expand ones fills their rows on the way: the
    deployment's own backfill comes after it. options: how those are filled.

    Raises MigratorError, as `migrator.runner.upgrade.upgrade` and the backfills do.
    """

    def up(target: str, phase: Phase | None) -> UpgradeReport:
        return upgrade(
            settings, target=target, phase=phase, approved=wanted.approved, policy=policy, say=say
        )

    reports: list[UpgradeReport] = []
    if wanted.phase == "expand":
        project = Project.open(settings)
        way = plan(
            project.history,
            current=project.observe().revision,
            target=wanted.target,
            phase=wanted.phase,
            approved=wanted.approved,
        )
        for contract in contracts_on_the_way(way, wanted.phase):
            reports.append(up(contract.parent or "base", None))
            names = [contract.backfill] if contract.backfill else []
            run_backfills(project, names, options=options)
    reports.append(up(wanted.target, wanted.phase))
    return Applied(
        previous=reports[0].previous,
        revision=reports[-1].revision,
        applied=tuple(each for report in reports for each in report.applied),
    )


def has_moved(seen: str | None, left_at: str | None) -> bool:
    """Whether a database was taken elsewhere than the last deployment left it.

    left_at: None where that is not known.
    """
    return left_at is not None and seen != left_at


def pending(config: Path, way: Sequence[str], seen: str | None) -> str | None:
    """What is left of the way to a database last seen at `seen`, in words; None if nothing.

    config: the project's alembic.ini. way: ``id message`` of each revision up to the wanted one.
    A database beyond it needs nothing.
    """
    ids = revision_ids(way)
    if not ids or seen == ids[-1]:
        return None
    if seen is None or seen in ids:
        reached = ids.index(seen) + 1 if seen else 0
        return f"pending: {', then '.join(way[reached:])}"
    try:
        history = read_linear_history(config)
    except HistoryError:  # a refresh does without the files, and cannot tell
        return None
    return None if seen in history.ids else f"{config.parent} has no such revision"


def revision_ids(way: Sequence[str]) -> list[str]:
    """The ids of revisions that are written as ``id message``."""
    return [each.split(" ", 1)[0] for each in way]


def last_seen(settings: MigratorSettings, wanted: Wanted, *, before: str | None) -> str | None:
    """The revision that the database has now, as the phase in `wanted` is concerned.

    before: where the phase left it. Where the contract phase of the same deployment went on from
    there, that is still what the expand phase has to say.

    Raises MigratorError where the database or the files cannot be read.
    """
    project = Project.open(settings)
    found = project.observe().revision
    return before if _brought_on(project, wanted, before, found) else found


def _brought_on(project: Project, wanted: Wanted, before: str | None, found: str | None) -> bool:
    if wanted.phase != "expand" or found == before:
        return False
    try:
        way = plan(project.history, current=before, target=wanted.target, approved=wanted.approved)
    except MigratorError:
        return False
    return found in [revision.id for revision in way.revisions]
