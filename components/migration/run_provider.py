"""The dynamic providers behind AlembicMigration. Pulumi runs them in a process of its own.

State refers to the classes by this module's path: it must not move. They have no attributes,
so that nothing of this process travels into the state.
"""

from typing import TYPE_CHECKING, Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from components.migration.filling import run_backfills
from components.migration.provider_process import (
    Properties,
    alembic_file,
    check_access,
    inputs_differ,
    is_unknown,
    log_to_pulumi,
    plain_errors,
    settings_of,
)
from migrator.errors import MigratorError

if TYPE_CHECKING:
    from migrator.project.history import Phase, Revision
    from migrator.runner.plan import Plan
    from migrator.runner.upgrade import UpgradeReport

# `revision` is what a refresh sees; `left_at`, what the last run left, is not for it to change.
OUTPUTS = ("revision", "previous_revision", "applied", "left_at")
HISTORY_INPUTS = ("script_location", "target", "phase", "approved_contracts")
# Which input a fault of the history is about.
PROPERTY_OF = {"history": "script_location", "target": "target", "approval": "approved_contracts"}


class PlanProvider(ResourceProvider):
    """Judges a history in preview, and leaves the work to somebody else."""

    serialize_as_secret_always = False
    # Whether an expand phase runs the backfills of the contract revisions on its way.
    fills_on_the_way = False

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Walks the history offline, and puts the revisions it leads to among the inputs."""
        inputs = {key: value for key, value in news.items() if key not in OUTPUTS}
        failures = check_access(inputs)
        if not any(is_unknown(inputs.get(key)) for key in HISTORY_INPUTS):
            failures += _check_history(_olds, inputs, fills_on_the_way=self.fills_on_the_way)
        return CheckResult(inputs, failures)

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Compares inputs."""
        return DiffResult(changes=inputs_differ(_olds, _news, outputs=OUTPUTS), replaces=[])

    def create(self, props: Properties) -> CreateResult:
        """Keeps the plan."""
        return CreateResult(props["database"], dict(props))

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Keeps the new plan."""
        return UpdateResult(dict(_news))

    def delete(self, _id: str, _props: Properties) -> None:
        """Forgets the resource. A schema is never downgraded by removing its declaration."""


class RunProvider(PlanProvider):
    """Create and update upgrade the database; delete leaves it as it is."""

    fills_on_the_way = True

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Compares inputs, and the revision last seen with the one wanted and the one left.

        A database beyond the wanted revision needs nothing, unless somebody else took it there:
        a refresh then has seen another revision than the last run left it at. What no input
        tells is logged.
        """
        changed = inputs_differ(_olds, _news, outputs=OUTPUTS)
        moved, missing = _moved_by_others(_olds), _missing(_olds, _news)
        # Unless it was refreshed, the revision of an expand phase is that of its own last run.
        if moved or (missing and not changed):
            _log_standing(_olds, missing)
        return DiffResult(changes=changed or moved or missing is not None, replaces=[])

    @plain_errors
    def create(self, props: Properties) -> CreateResult:
        """Upgrades; a database that is already there is left as it is."""
        return CreateResult(props["database"], _upgrade(props))

    @plain_errors
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Upgrades to what the inputs say now."""
        return UpdateResult(_upgrade(_news))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """The revision that the database really has; unchanged, with a warning, if not to be had.

        As where the database cannot be reached, has two revisions, or the files are gone.
        """
        return ReadResult(id_, {**props, **_observed(props)})


def _check_history(
    olds: Properties, inputs: Properties, *, fills_on_the_way: bool
) -> list[CheckFailure]:
    from migrator.project.history import HistoryError, load
    from migrator.runner.plan import plan

    try:
        history = load(alembic_file(inputs))
        way = plan(
            history,
            target=inputs["target"],
            phase=inputs.get("phase"),
            approved=inputs["approved_contracts"],
        )
    except HistoryError as error:
        return [
            CheckFailure(name, f"{name}: {inputs[name]!r}: {fault.message}")
            for fault in error.faults
            for name in (PROPERTY_OF[fault.subject],)
        ]
    except (MigratorError, OSError) as error:
        location = inputs["script_location"]
        return [CheckFailure("script_location", f"script_location: {location!r}: {error}")]
    if way.blocked:
        return [CheckFailure("approved_contracts", f"approved_contracts: {way.blocked}")]
    # The contract phase reports it, unless there is none.
    if way.gate is not None and inputs.get("phase") != "expand":
        if inputs.get("unapproved") == "fail":
            return [CheckFailure("approved_contracts", f"approved_contracts: {way.gate}")]
        log_to_pulumi().warning("%s", way.gate)
    if not fills_on_the_way:
        _warn_of_rows_left(olds, inputs, way)
    # Pulumi shows inputs when they change, and so names the revisions that an update applies.
    inputs["revisions"] = [f"{each.id} {each.message}" for each in way.revisions]
    known = set(revision_ids(olds))
    return _judge(inputs, [each for each in revision_ids(inputs) if each not in known])


def _on_the_way(way: "Plan", phase: "Phase | None") -> "list[Revision]":
    """The contract revisions of an expand phase that wait for a backfill."""
    if phase != "expand":
        return []
    return [each for each in way.revisions if each.phase == "contract" and each.backfill]


def _warn_of_rows_left(olds: Properties, inputs: Properties, way: "Plan") -> None:
    """Warns of contract revisions on the way that no earlier deployment was to run."""
    before = olds.get("approved_contracts") or ()
    for contract in _on_the_way(way, inputs.get("phase")):
        if contract.id not in before:
            log_to_pulumi().warning(
                "contract revision %s stands before expand revisions, and a Job cannot run its "
                "backfill %s in between: it fails if rows are left; deploy with target %s first",
                contract,
                contract.backfill,
                contract.parent,
            )


def revision_ids(inputs: Properties) -> list[str]:
    """The ids in the input `revisions`."""
    return [each.split(" ", 1)[0] for each in inputs.get("revisions") or ()]


def _judge(inputs: Properties, revisions: list[str]) -> list[CheckFailure]:
    """Lints the revisions that are new to this resource, by the policy in `lint`."""
    policy = inputs.get("lint")
    if policy == "off" or not revisions:
        return []
    from migrator.lint import lint_history
    from migrator.runner.environment import ALEMBIC_GLOBALS

    with ALEMBIC_GLOBALS:
        findings = lint_history(alembic_file(inputs), pg_version=int(inputs["postgres_version"]))
    messages = [
        f"revision {finding.revision}, {finding.file}:{finding.line}: {finding.rule}: "
        f"{finding.message}" + (f"; safe form: {finding.safe_form}" if finding.safe_form else "")
        for finding in findings
        if finding.severity == "unsafe" and finding.revision in revisions
    ]
    if policy == "warn":
        for message in messages:
            log_to_pulumi().warning("unsafe: %s", message)
        return []
    return [CheckFailure("script_location", f"unsafe: {message}") for message in messages]


def _moved_by_others(olds: Properties) -> bool:
    left_at = olds.get("left_at")  # a state of the former version does not have it
    return left_at is not None and olds.get("revision") != left_at


def _missing(olds: Properties, news: Properties) -> str | None:
    """What an update has to do, in words; None if nothing."""
    from migrator.project.history import HistoryError, load

    wanted, seen = revision_ids(news), olds.get("revision")
    if not wanted or seen == wanted[-1]:
        return None
    if seen is None or seen in wanted:
        reached = wanted.index(seen) + 1 if seen else 0
        return f"pending: {', then '.join(news['revisions'][reached:])}"
    try:
        history = load(alembic_file(news))
    except HistoryError:  # a refresh does without the files, and cannot tell
        return None
    if seen in [each.id for each in history.revisions]:  # beyond the wanted revision
        return None
    return f"{news['script_location']} has no such revision"


def _log_standing(olds: Properties, missing: str | None) -> None:
    left_at = olds.get("left_at")
    standing = (
        f"{olds['database']} was last seen at {olds.get('revision') or 'base'}",
        f"the last run left it at {left_at}" if left_at else None,
        missing,
    )
    log_to_pulumi().warning("%s", "; ".join(part for part in standing if part))


def _upgrade(properties: Properties) -> Properties:
    phase = properties.get("phase")
    reports: list[UpgradeReport] = []
    for contract in _contracts_on_the_way(properties):
        # The Backfill comes after the expand phase, which needs its rows here.
        reports.append(_upgrade_to(properties, contract.parent or "base", phase=None))
        run_backfills(properties, [contract.backfill] if contract.backfill else ())
    reports.append(_upgrade_to(properties, properties["target"], phase=phase))
    return {
        **properties,
        "revision": reports[-1].revision,
        "previous_revision": reports[0].previous,
        "applied": [each for report in reports for each in report.applied],
        "left_at": reports[-1].revision,
    }


def _upgrade_to(properties: Properties, target: str, *, phase: "Phase | None") -> "UpgradeReport":
    from migrator.runner.upgrade import upgrade

    return upgrade(
        settings_of(properties),
        target=target,
        phase=phase,
        approved=properties["approved_contracts"],
        say=log_to_pulumi().info,
    )


def _contracts_on_the_way(properties: Properties) -> "list[Revision]":
    from migrator.runner.plan import plan
    from migrator.runner.project import Project

    phase = properties.get("phase")
    if phase != "expand":
        return []
    project = Project.open(settings_of(properties))
    way = plan(
        project.history,
        current=project.observe().revision,
        target=properties["target"],
        phase=phase,
        approved=properties["approved_contracts"],
    )
    return _on_the_way(way, phase)


def _observed(properties: Properties) -> dict[str, Any]:
    from migrator.runner.project import Project

    try:
        found = Project.open(settings_of(properties)).observe().revision
    except MigratorError as error:
        log_to_pulumi().warning(
            "the revision of %s is taken as it was: %s", properties["database"], error
        )
        return {}
    if _brought_on(properties, found):
        return {}
    return {"revision": found}


def _brought_on(properties: Properties, found: str | None) -> bool:
    """Whether the contract phase of the same deployment went on from where expand stopped."""
    from migrator.project.history import HistoryError, load
    from migrator.runner.plan import plan

    if properties.get("phase") != "expand" or found == properties.get("revision"):
        return False
    try:
        way = plan(
            load(alembic_file(properties)),
            current=properties.get("revision"),
            target=properties["target"],
            approved=properties["approved_contracts"],
        )
    except HistoryError:
        return False
    return found in [revision.id for revision in way.revisions]
