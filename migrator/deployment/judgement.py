"""Whether a deployment's revisions may run, told before any database is asked."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from migrator.deployment.policies import LintPolicy, UnapprovedPolicy
from migrator.deployment.schema import Wanted, contracts_on_the_way, revision_ids
from migrator.lint.histories import lint_history
from migrator.project.history import HistoryFault
from migrator.project.history_files import read_linear_history
from migrator.runner.plan import Plan, plan


@dataclass(frozen=True, kw_only=True)
class Before:
    """What the deployment before was to do.

    way: as Judgement.way. approved: ids of contract revisions.
    """

    way: Sequence[str] = ()
    approved: Collection[str] = ()


@dataclass(kw_only=True)
class Judgement:
    """What came of it.

    way: ``id message`` of each revision up to the wanted one, from the first on; None where an
        approval is missing.
    faults, unsafe: why it cannot be deployed: the history and its approvals, and what its
        statements do; without any, it can.
    warnings: what a reader should know all the same.
    """

    way: list[str] | None = None
    faults: list[HistoryFault] = field(default_factory=list)
    unsafe: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def judge(
    config: Path,
    wanted: Wanted,
    before: Before,
    *,
    lint: LintPolicy,
    unapproved: UnapprovedPolicy,
    postgres_version: int,
    fills_on_the_way: bool,
) -> Judgement:
    """Walks the history offline and judges the revisions that the deployment before did not have.

    config: the project's alembic.ini. lint: what an unsafe one does. unapproved: what a contract
    revision does that is not approved, at the end of the way. postgres_version: a major version.
    fills_on_the_way: whether whoever deploys runs the backfills of contract revisions that stand
    between expand ones.

    Raises HistoryError for files, a target or approvals that cannot be followed, and other
    MigratorErrors and OSError for a project that cannot be read at all.
    """
    judgement = Judgement()
    way = plan(
        read_linear_history(config),
        target=wanted.target,
        phase=wanted.phase,
        approved=wanted.approved,
    )
    if fault := _held_back(way, wanted, unapproved, judgement.warnings):
        judgement.faults.append(HistoryFault(subject="approval", message=fault))
        return judgement
    if not fills_on_the_way:
        judgement.warnings += _rows_left(way, wanted, before)
    judgement.way = [f"{each.id} {each.message}" for each in way.revisions]
    new = set(revision_ids(judgement.way)) - set(revision_ids(before.way))
    if new and lint != "off":
        unsafe = [f"unsafe: {each}" for each in _unsafe(config, new, postgres_version)]
        if lint == "warn":
            judgement.warnings += unsafe
        else:
            judgement.unsafe += unsafe
    return judgement


def _held_back(
    way: Plan, wanted: Wanted, unapproved: UnapprovedPolicy, warnings: list[str]
) -> str | None:
    """Why a contract revision that is not approved forbids the deployment."""
    if way.blocked:
        return way.blocked
    # The contract phase reports it, unless there is none.
    if way.gate is not None and wanted.phase != "expand":
        if unapproved == "fail":
            return str(way.gate)
        warnings.append(str(way.gate))
    return None


def _rows_left(way: Plan, wanted: Wanted, before: Before) -> Iterator[str]:
    """A warning for each contract revision on the way that no earlier deployment was to run."""
    for contract in contracts_on_the_way(way, wanted.phase):
        if contract.id not in before.approved:
            yield (
                f"contract revision {contract} stands before expand revisions, and a Job cannot "
                f"run its backfill {contract.backfill} in between: it fails if rows are left; "
                f"deploy with target {contract.parent} first"
            )


def _unsafe(config: Path, revisions: Collection[str], postgres_version: int) -> Iterator[str]:
    for finding in lint_history(config, pg_version=postgres_version):
        if finding.severity == "unsafe" and finding.revision in revisions:
            safe_form = f"; safe form: {finding.safe_form}" if finding.safe_form else ""
            yield (
                f"revision {finding.revision}, {finding.file}:{finding.line}: {finding.rule}: "
                f"{finding.message}{safe_form}"
            )
