"""A database at the newest revision of its history, as a resource."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pulumi import Output, ResourceOptions

from components.arguments import Fault, Setting, below, repeated_faults
from components.component import Component
from components.migration.access import MigrationArgs, MigrationSettings
from components.migration.history_hash import history_hash
from components.migration.job import migrator_job
from components.migration.pace import BackfillPaceSettings, WaitSettings
from components.migration.run import AlembicPlan, AlembicRun
from migrator.deployment.policies import LintPolicy, UnapprovedPolicy
from migrator.postgres.server_version import LOWEST_SUPPORTED
from migrator.project.history import Phase

OLDEST_POSTGRES = 12
# Alembic takes these too. A step leads elsewhere from each database: a preview cannot judge it.
NO_PLACE = re.compile(r"[+-]\d+|base")


@dataclass(frozen=True, kw_only=True)
class AlembicMigrationSettings(MigrationSettings):
    """Which history, how far, and what a preview makes of it."""

    target: Annotated[
        str, Setting("Revision to reach: an id, or `head`; one behind the database is an error")
    ] = "head"
    approved_contracts: Annotated[
        Sequence[str],
        Setting(
            "Contract revisions that may run, by revision id: they remove what an older release of"
            " the application may still use. Keep an id for as long as the revision is in the"
            " history: a new database needs it too"
        ),
    ] = ()
    lint: Annotated[LintPolicy, Setting("What an unsafe revision does to the preview")] = "fail"
    unapproved: Annotated[
        UnapprovedPolicy,
        Setting(
            "What a contract revision that is not approved does to the preview, if no expand"
            " revision waits behind it"
        ),
    ] = "warn"
    waits: Annotated[
        WaitSettings, Setting("How long a revision may wait, and make others wait")
    ] = field(default_factory=WaitSettings)
    backfill_pace: Annotated[
        BackfillPaceSettings, Setting("How rows are filled beside the application")
    ] = field(default_factory=BackfillPaceSettings)

    def faults(self) -> Iterator[Fault]:
        """What can be seen without walking the history, which the provider does."""
        yield from super().faults()
        if not self.target or NO_PLACE.fullmatch(self.target):
            yield Fault("target", self.target, "name a revision by its id, or head")
        yield from repeated_faults("approved_contracts", self.approved_contracts)
        yield from below("waits", self.waits.faults())
        yield from below("backfill_pace", self.backfill_pace.faults())


@dataclass(frozen=True, kw_only=True)
class AlembicMigrationArgs(AlembicMigrationSettings, MigrationArgs):
    """AlembicMigrationSettings, and which database.

    phase: "expand" stops before the contract revisions at the end; "contract" goes on from
        there; None (the default) does both.
    postgres_version: the server's major version, which decides what is unsafe. Default: 15,
        the oldest that is supported, and the strictest.
    """

    phase: Phase | None = None
    postgres_version: int = LOWEST_SUPPORTED

    def faults(self) -> Iterator[Fault]:
        """What can be seen without walking the history, which the provider does."""
        yield from super().faults()
        if self.postgres_version < OLDEST_POSTGRES:
            yield Fault("postgres_version", self.postgres_version, "give a major version, 12 or up")

    def command(self) -> list[str]:
        """The migrator's command for the same work."""
        command = ["upgrade", self.target]
        if self.phase == "expand":
            command += ["--phase", "expand"]
        for revision in sorted(self.approved_contracts):
            command += ["--approve", revision]
        return command + self.waits.options()


class AlembicMigration(Component):
    """Brings a database to a revision of an Alembic history, without downtime.

    Child: one AlembicRun; with `job`, an AlembicPlan and a Kubernetes Job. Preview walks the
    history offline: a broken one (two heads, a missing parent, an unknown target) and an unsafe
    revision fail there, and the change of the input `revisions` names what an update will apply.
    Refresh reads the database's real revision, and one that was changed by hand is a difference.
    Destroy never downgrades.

    Outputs: `revision`, `previous_revision` (before the last run; None if it was empty) and
    `applied` (ids that the last run applied, in order). A job reports none of them.
    """

    subject = "migration"

    revision: Output[str | None]
    previous_revision: Output[str | None]
    applied: Output[list[str]]

    def __init__(
        self, name: str, args: AlembicMigrationArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        inputs = {
            **args.access_inputs(),
            "history_hash": history_hash(Path(args.script_location)),
            "target": args.target,
            "phase": args.phase,
            "approved_contracts": sorted(args.approved_contracts),
            "lint": args.lint,
            "unapproved": args.unapproved,
            "postgres_version": args.postgres_version,
        }
        if waits := args.waits.policy():  # without, the state stays as it was before there were any
            inputs["waits"] = waits
        if pace := args.backfill_pace.run_options():
            inputs["pace"] = pace
        if args.job is None:
            run = AlembicRun(self.child_name("run"), inputs, self.child())
            self.revision = run.revision
            self.previous_revision = run.previous_revision
            self.applied = run.applied
        else:
            plan = AlembicPlan(self.child_name("plan"), inputs, self.child())
            migrator_job(
                self.child_name("job"),
                args.job,
                command=args.command(),
                inputs=inputs,
                opts=self.child(depends_on=[plan]),
            )
            self.revision = Output.from_input(None)
            self.previous_revision = Output.from_input(None)
            self.applied = Output.from_input([])
        self.register_outputs(self.outputs())
