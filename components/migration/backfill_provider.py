"""The dynamic provider behind Backfill. Pulumi runs it in a process of its own.

State refers to the class by this module's path: it must not move. The program makes it without
attributes, so that nothing of this process travels into the state.
"""

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

OUTPUTS = ("updated", "remaining")


class BackfillProvider(DatabaseProvider):
    """Create and update fill; delete leaves every row as it is."""

    def check(self, _olds: Properties, news: Properties) -> CheckResult:
        """Reads the history and the backfills offline, and names those that will be run."""
        inputs = {key: value for key, value in news.items() if key not in OUTPUTS}
        failures = check_access(inputs)
        if not any(is_unknown(inputs.get(key)) for key in ("script_location", "names")):
            failures += _check_names(inputs)
        return CheckResult(inputs, failures)

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """Compares inputs, and looks for rows that were left when last counted: it logs them."""
        left = _rows_left(_olds)
        if left:
            log_to_pulumi().warning("rows left to fill: %s", ", ".join(left))
        changes = inputs_differ(_olds, _news, outputs=OUTPUTS) or bool(left)
        return DiffResult(changes=changes, replaces=[])

    @plain_errors
    def create(self, props: Properties) -> CreateResult:
        """Runs each backfill to its end, from wherever an earlier run stopped."""
        return CreateResult(props["database"], _fill(props, self.identity))

    @plain_errors
    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """As create; a backfill with no rows left ends at once."""
        return UpdateResult(_fill(_news, self.identity))

    def read(self, id_: str, props: Properties) -> ReadResult:
        """Counts the rows that are left; unchanged, with a warning, if they cannot be counted.

        As where the database cannot be reached, or has a revision that the files do not know.
        """
        from migrator.deployment.backfills import count_backfills

        try:
            remaining = count_backfills(settings_of(props, self.identity), props["names"])
        except MigratorError as error:
            log_to_pulumi().warning("rows left are taken as they were: %s", error)
            return ReadResult(id_, dict(props))
        return ReadResult(id_, {**props, "remaining": remaining})

    def delete(self, _id: str, _props: Properties) -> None:
        """Forgets the resource."""


def _check_names(inputs: Properties) -> list[CheckFailure]:
    from migrator.deployment.backfills import check_backfills

    try:
        checked = check_backfills(alembic_file(inputs), inputs.get("names"))
    except (MigratorError, OSError) as error:
        return [CheckFailure("script_location", str(error))]
    inputs["names"] = checked.names
    return [CheckFailure("names", fault) for fault in checked.unknown]


def _rows_left(olds: Properties) -> list[str]:
    from migrator.deployment.backfills import UNCOUNTED

    return [
        f"{name} cannot be counted" if rows == UNCOUNTED else f"{name} {rows:,.0f}"
        for name, rows in (olds.get("remaining") or {}).items()
        if rows
    ]


def _fill(properties: Properties, identity: AwsIdentity | None) -> Properties:
    from migrator.deployment.backfills import fill_backfills, pace

    updated = fill_backfills(
        settings_of(properties, identity),
        properties["names"],
        options=pace(properties.get("pace") or {}),
    )
    return {**properties, "updated": updated, "remaining": dict.fromkeys(updated, 0)}
