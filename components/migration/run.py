"""The dynamic resources: one database, brought to one revision; or only the plan of it."""

from typing import Any

from pulumi import Output, ResourceOptions
from pulumi.dynamic import Resource

from components.migration.run_provider import OUTPUTS, PlanProvider, RunProvider


class AlembicRun(Resource, module="migration", name="AlembicRun"):
    """Inputs as in AlembicMigrationArgs, and `history_hash`; outputs as in AlembicMigration.

    left_at: also an output, the revision that the last run left, whatever a refresh sees.
    """

    revision: Output[str | None]
    previous_revision: Output[str | None]
    applied: Output[list[str]]
    left_at: Output[str | None]

    def __init__(self, name: str, inputs: dict[str, Any], opts: ResourceOptions) -> None:
        super().__init__(RunProvider(), name, {**inputs, **dict.fromkeys(OUTPUTS)}, opts)


class AlembicPlan(Resource, module="migration", name="AlembicPlan"):
    """The same inputs, judged in preview; a job does the work."""

    def __init__(self, name: str, inputs: dict[str, Any], opts: ResourceOptions) -> None:
        super().__init__(PlanProvider(), name, inputs, opts)
