"""Expand, application, backfill, contract: a release whose schema change nobody notices."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from pulumi import Output, Resource, ResourceOptions

from components.arguments import Fault
from components.component import Component
from components.migration.access import MigrationArgs
from components.migration.alembic_migration import AlembicMigration, AlembicMigrationArgs
from components.migration.backfill import Backfill, BackfillArgs, names_faults

Application = Callable[[ResourceOptions], Resource | Sequence[Resource]]


@dataclass(frozen=True, kw_only=True)
class ZeroDowntimeMigrationArgs(AlembicMigrationArgs):
    """As AlembicMigrationArgs, without `phase`, around an application.

    application: creates the application's resources with the options that it is given, and
        returns them. The options make them wait for the expand phase. They have to be ready
        only when the new release has replaced the old one, as a Deployment is.
    backfills: as BackfillArgs.names.
    """

    application: Application
    backfills: Sequence[str] | None = None

    def faults(self) -> Iterator[Fault]:
        """As for the parts."""
        yield from super().faults()
        yield from names_faults("backfills", self.backfills, self)
        if self.phase is not None:
            yield Fault("phase", self.phase, "leave it out: this component runs both")
        if not callable(self.application):
            yield Fault(
                "application", self.application, "give a function that takes ResourceOptions"
            )


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
        shared = {
            field.name: getattr(args, field.name)
            for field in fields(AlembicMigrationArgs)
            if field.name != "phase"
        }
        migration = AlembicMigrationArgs(**shared, phase="expand")
        expand = AlembicMigration(self.child_name("expand"), migration, self.child())
        application = args.application(ResourceOptions(depends_on=[expand]))
        ready = [application] if isinstance(application, Resource) else list(application)
        backfill = Backfill(
            self.child_name("backfill"),
            BackfillArgs(
                **{field.name: shared[field.name] for field in fields(MigrationArgs)},
                names=args.backfills,
                approved_contracts=args.approved_contracts,
            ),
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
