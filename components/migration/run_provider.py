"""The dynamic providers behind AlembicMigration. Pulumi runs them in a process of its own.

State refers to the classes by this module's path: it must not move. The program makes them
without attributes, so that nothing of this process travels into the state.
"""

from typing import TYPE_CHECKING

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)

from components.migration.provider_process import (
    DatabaseProvider,
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
from migrator.project.aws_identity import AwsIdentity

if TYPE_CHECKING:
    from migrator.deployment.schema import Wanted

# `revision` is what a refresh sees; `left_at`, what the last run left, is not for it to change.
OUTPUTS = ("revision", "previous_revision", "applied", "left_at")
HISTORY_INPUTS = ("script_location", "target", "phase", "approved_contracts")
# Which input a fault of the history is about.
PROPERTY_OF = {"history": "script_location", "target": "target", "approval": "approved_contracts"}


class PlanProvider(DatabaseProvider):
    """Judges a history in preview, and leaves the work to somebody else."""

    # Whether an expand phase runs the backfills of the contract revisions on its way.
    fills_on_the_way = False

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Walks the history offline, and puts the revisions it leads to among the inputs."""
        inputs = {key: value for key, value in news.items() if key not in OUTPUTS}
        failures = check_access(inputs)
        if not any(is_unknown(inputs.get(key)) for key in HISTORY_INPUTS):
            failures += _judge(_olds, inputs, fills_on_the_way=self.fills_on_the_way)
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
        from migrator.deployment.schema import has_moved, pending

        changed = inputs_differ(_olds, _news, outputs=OUTPUTS)
        seen, left_at = _olds.get("revision"), _olds.get("left_at")
        moved = has_moved(seen, left_at)
        missing = pending(alembic_file(_news), _news.get("revisions") or (), seen)
        # Unless it was refreshed, the revision of an expand phase is that of its own last run.
        if moved or (missing and not changed):
            _log_standing(_olds, missing)
        return DiffResult(changes=changed or moved or missing is not None, replaces=[])

    @plain_errors
    def create(self, props: Properties) -> CreateResult:
        """Upgrades; a database that is already there is left as it is."""
        return CreateResult(props["database"], _upgrade(props, self.identity))

    @plain_errors
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """Upgrades to what the inputs say now."""
        return UpdateResult(_upgrade(_news, self.identity))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """The revision that the database really has; unchanged, with a warning, if not to be had.

        As where the database cannot be reached, has two revisions, or the files are gone.
        """
        from migrator.deployment.schema import last_seen

        try:
            seen = last_seen(
                settings_of(props, self.identity), _wanted(props), before=props.get("revision")
            )
        except MigratorError as error:
            log_to_pulumi().warning(
                "the revision of %s is taken as it was: %s", props["database"], error
            )
            return ReadResult(id_, dict(props))
        return ReadResult(id_, {**props, "revision": seen})


def _wanted(properties: Properties) -> "Wanted":
    from migrator.deployment.schema import Wanted

    return Wanted(
        target=properties["target"],
        phase=properties.get("phase"),
        approved=properties["approved_contracts"],
    )


def _judge(olds: Properties, inputs: Properties, *, fills_on_the_way: bool) -> list[CheckFailure]:
    """Judges the history by the inputs, and puts the revisions of the way among them.

    The engine tells the property and its value before each reason.
    """
    from migrator.deployment.judgement import Before, judge
    from migrator.postgres.server_version import LOWEST_SUPPORTED
    from migrator.project.history import HistoryError

    try:
        judgement = judge(
            alembic_file(inputs),
            _wanted(inputs),
            Before(way=olds.get("revisions") or (), approved=olds.get("approved_contracts") or ()),
            lint=inputs.get("lint") or "fail",
            unapproved=inputs.get("unapproved") or "warn",
            postgres_version=int(inputs.get("postgres_version") or LOWEST_SUPPORTED),
            fills_on_the_way=fills_on_the_way,
        )
    except HistoryError as error:
        return [CheckFailure(PROPERTY_OF[fault.subject], fault.message) for fault in error.faults]
    except (MigratorError, OSError) as error:
        return [CheckFailure("script_location", str(error))]
    for warning in judgement.warnings:
        log_to_pulumi().warning("%s", warning)
    if judgement.way is not None:
        # Pulumi shows inputs when they change, and so names the revisions that an update applies.
        inputs["revisions"] = judgement.way
    failures = [
        CheckFailure(PROPERTY_OF[fault.subject], fault.message) for fault in judgement.faults
    ]
    return failures + [CheckFailure("script_location", text) for text in judgement.unsafe]


def _log_standing(olds: Properties, missing: str | None) -> None:
    left_at = olds.get("left_at")  # a state of the former version does not have it
    standing = (
        f"{olds['database']} was last seen at {olds.get('revision') or 'base'}",
        f"the last run left it at {left_at}" if left_at else None,
        missing,
    )
    log_to_pulumi().warning("%s", "; ".join(part for part in standing if part))


def _upgrade(properties: Properties, identity: AwsIdentity | None) -> Properties:
    from migrator.deployment.backfills import pace
    from migrator.deployment.schema import bring_to
    from migrator.runner.policy import WaitPolicy

    done = bring_to(
        settings_of(properties, identity),
        _wanted(properties),
        policy=WaitPolicy(**(properties.get("waits") or {})),
        options=pace(properties.get("pace") or {}),
        say=log_to_pulumi().info,
    )
    return {
        **properties,
        "revision": done.revision,
        "previous_revision": done.previous,
        "applied": list(done.applied),
        "left_at": done.revision,
    }
