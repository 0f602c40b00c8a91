"""Expand, application, backfill, contract: a release whose schema change nobody notices."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pulumi import Output, Resource, ResourceOptions

from components.arguments import Fault, Setting
from components.component import Component
from components.migration.alembic_migration import (
    AlembicMigration,
    AlembicMigrationArgs,
    AlembicMigrationSettings,
)
from components.migration.backfill import Backfill, BackfillArgs, names_faults

Application = Callable[[ResourceOptions], Resource | Sequence[Resource]]


@dataclass(frozen=True, kw_only=True)
class ZeroDowntimeMigrationSettings(AlembicMigrationSettings):
    """The database's schema."""

    backfills: Annotated[
        Sequence[str] | None,
        Setting("Backfills to run; without a list, all that contracts name"),
    ] = None

    def backfill_faults(self, *, in_job: bool) -> Iterator[Fault]:
        """What is wrong with `backfills`, which a job needs by name."""
        return names_faults("backfills", self.backfills, Path(self.script_location), in_job=in_job)


@dataclass(frozen=True, kw_only=True)
class ZeroDowntimeMigrationArgs(ZeroDowntimeMigrationSettings, AlembicMigrationArgs):
    """As AlembicMigrationArgs, without `phase`, around an application.

    application: creates the application's resources with the options that it is given, and
        returns them. The options make them wait for the expand phase. They have to be ready
        only when the new release has replaced the old one, as a Deployment is.
    """

    application: Application

    def faults(self) -> Iterator[Fault]:
        """As for the parts."""
        yield from super().faults()
        yield from self.backfill_faults(in_job=self.job is not None)
        if self.phase is not None:
            yield Fault("phase", self.phase, "leave it out: this component runs both")


class ZeroDowntimeMigration(Component):
    """Four steps, each of which waits for the one before.

    Children: AlembicMigration for the expand phase; then your application; then a Backfill;
    then AlembicMigration for the contract phase, which does nothing until a revision's id is
    in `approved_contracts`.

    Outputs: `revision`, where the database stands after the last step; `applied`, the ids that
    the last run of each phase applied, in order.
    """

    subject = "migration"

    revision: Output[str | None]
    applied: Output[list[str]]

    def __init__(
        self, name: str, args: ZeroDowntimeMigrationArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        migration = AlembicMigrationArgs.of(args, phase="expand")
        expand = AlembicMigration(self.child_name("expand"), migration, self.child())
        application = args.application(ResourceOptions(depends_on=[expand]))
        ready = [application] if isinstance(application, Resource) else list(application)
        backfill = Backfill(
            self.child_name("backfill"),
            BackfillArgs.of(args, names=args.backfills, pace=args.backfill_pace),
            self.child(depends_on=[expand, *ready]),
        )
        contract = AlembicMigration(
            self.child_name("contract"),
            replace(migration, phase="contract"),
            self.child(depends_on=[backfill]),
        )
        self.revision = contract.revision
        self.applied = Output.all(expand.applied, contract.applied).apply(
            lambda phases: [revision for phase in phases for revision in phase or ()]
        )
        self.register_outputs(self.outputs())
