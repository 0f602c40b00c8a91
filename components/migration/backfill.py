"""The rows that a contract revision waits for, filled online, as a resource."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import Output, ResourceOptions
from pulumi.dynamic import Resource

from components.arguments import Fault, below, repeated_faults
from components.component import Component
from components.migration.access import MigrationArgs
from components.migration.backfill_provider import OUTPUTS, BackfillProvider
from components.migration.history_hash import backfills_hash
from components.migration.job import migrator_job
from components.migration.pace import BackfillPaceSettings


@dataclass(frozen=True, kw_only=True)
class BackfillArgs(MigrationArgs):
    """names: of the backfills in the project's folder `backfills`.

    Default: every one that a contract revision names. A job needs them spelled out.
    pace: how the rows are filled.
    approved_contracts: as for the migration that follows: a new approval is a reason to look
    for rows that were written since.
    """

    names: Sequence[str] | None = None
    pace: BackfillPaceSettings = field(default_factory=BackfillPaceSettings)
    approved_contracts: Sequence[str] = ()

    def faults(self) -> Iterator[Fault]:
        """As far as the provider does not find them."""
        yield from super().faults()
        yield from names_faults(
            "names", self.names, Path(self.script_location), in_job=self.job is not None
        )
        yield from below("pace", self.pace.faults())


def names_faults(
    field: str, names: Sequence[str] | None, project: Path, *, in_job: bool
) -> Iterator[Fault]:
    """What is wrong with a list of backfills; for a job, which no provider checks, names too."""
    yield from repeated_faults(field, names or ())
    if in_job and names is None:
        yield Fault(field, names, "name the backfills that the job is to run")
    elif in_job and names and os.path.isdir(project):
        yield from _unknown_names(field, names, project / "backfills")


def _unknown_names(field: str, names: Sequence[str], folder: Path) -> Iterator[Fault]:
    from migrator.backfill import BackfillError, load_backfills, not_there

    try:
        known = load_backfills(folder)
    except BackfillError as error:
        yield Fault(field, list(names), str(error))
        return
    for position, name in enumerate(names):
        if name not in known:
            yield Fault(f"{field}[{position}]", name, f"it {not_there(folder, known)}")


class BackfillRun(Resource, module="migration", name="BackfillRun"):
    """Inputs as in BackfillArgs, and `history_hash`; outputs as in Backfill."""

    updated: Output[Mapping[str, int]]
    remaining: Output[Mapping[str, int]]

    def __init__(self, name: str, inputs: dict[str, Any], opts: ResourceOptions) -> None:
        super().__init__(BackfillProvider(), name, {**inputs, **dict.fromkeys(OUTPUTS)}, opts)


class Backfill(Component):
    """Runs backfills to their end, unless the revision that waits for them is applied.

    Child: one BackfillRun; with `job`, a Kubernetes Job for each name. An interrupted run goes
    on from where it was. Refresh counts the rows that are left. Destroy changes no row.

    Outputs: `updated` and `remaining`, rows by backfill; -1 remain where they cannot be counted
    because a column is missing. A job reports neither.
    """

    subject = "migration"

    updated: Output[Mapping[str, int]]
    remaining: Output[Mapping[str, int]]

    def __init__(self, name: str, args: BackfillArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        inputs = {
            **args.access_inputs(),
            "history_hash": backfills_hash(Path(args.script_location)),
            "approved_contracts": sorted(args.approved_contracts),
            "names": list(args.names) if args.names is not None else None,
        }
        if pace := args.pace.run_options():
            inputs["pace"] = pace
        if args.job is None:
            run = BackfillRun(self.child_name("run"), inputs, self.child())
            self.updated = run.updated
            self.remaining = run.remaining
        else:
            for backfill in args.names or ():
                migrator_job(
                    self.child_name("job", _kubernetes_name(backfill)),
                    args.job,
                    command=["backfill", "run", "--if-needed", *args.pace.options(), backfill],
                    inputs=inputs,
                    opts=self.child(),
                )
            self.updated = Output.from_input({})
            self.remaining = Output.from_input({})
        self.register_outputs(self.outputs())


def _kubernetes_name(backfill: str) -> str:
    """Backfills are named as Python names are, with underscores."""
    return re.sub("[^a-z0-9-]", "-", backfill.lower())
