"""`python -m tools.verify_aws`: previews of a stack with the real providers, judged.

Wants what `pulumi preview` wants: the CLI, a login to the backend, a stack that is deployed, and
credentials that may read it. Nothing is deployed, and no file of the project is changed.
Exit code 1 if the two differ anywhere, 2 if nothing could be judged.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from infra.stateful import STATEFUL
from tools.verify_aws.changes import OtherValue, other_values
from tools.verify_aws.plan import errors, planned_changes
from tools.verify_aws.verdict import Verdict, verdicts

out = Console(emoji=False)
err = Console(stderr=True, emoji=False)


def main(
    stack: Annotated[str, typer.Argument(help="A deployed stack: NAME of Pulumi.NAME.yaml.")],
    setting: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this setting, such as database.multi_az. Repeatable. Default: all that the "
            "stack file has a place for."
        ),
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="Judge this event log of a preview, and preview nothing.")
    ] = None,
) -> None:
    """Compare what the real AWS provider plans for changed settings with what is said here."""
    if log is None:
        found = dict(_previews(stack, setting or []))
    elif log.is_file():
        found = {"": list(verdicts(planned_changes(log.read_text().splitlines())))}
    else:
        _refuse(f"--log: there is no file {log}")
    raise typer.Exit(_print(found))


def _previews(stack: str, chosen: list[str]) -> Iterator[tuple[str, list[Verdict]]]:
    """By setting, what a preview of the stack with another value of it shows."""
    file, pulumi = Path(f"Pulumi.{stack}.yaml"), shutil.which("pulumi")
    if not file.is_file():
        _refuse(f"there is no {file}")
    if pulumi is None:
        _refuse("pulumi is not on the PATH")
    stateful = _stateful(pulumi, stack)
    others = {one.setting: one for one in other_values(yaml.safe_load(file.read_text()), stateful)}
    for name in chosen:
        if name not in others:
            _refuse(f"--setting {name}: no other value is known for it, or {file} has no place")
    for name in track(chosen or list(others), "previewing", console=err, transient=True):
        yield name, _preview(pulumi, stack, others[name])


def _stateful(pulumi: str, stack: str) -> list[str]:
    """The names of the stack's resources that the program protects."""
    exported = subprocess.run(
        [pulumi, "stack", "export", "--stack", stack], capture_output=True, text=True, check=False
    )
    if exported.returncode:
        _refuse(f"the state of {stack} cannot be read: {exported.stderr.strip()}")
    resources = (json.loads(exported.stdout).get("deployment") or {}).get("resources") or []
    if not resources:
        _refuse(f"{stack} is not deployed: only what is there can be changed")
    return [one["urn"].rpartition("::")[2] for one in resources if one["type"] in STATEFUL]


def _preview(pulumi: str, stack: str, other: OtherValue) -> list[Verdict]:
    with tempfile.TemporaryDirectory(prefix="groundwork-") as folder:
        config, log = Path(folder) / f"Pulumi.{stack}.yaml", Path(folder) / "events.jsonl"
        config.write_text(yaml.safe_dump(dict(other.file)))
        subprocess.run(
            [
                *(pulumi, "preview", "--stack", stack, "--config-file", str(config)),
                *("--event-log", str(log), "--non-interactive", "--suppress-outputs"),
            ],
            env={**os.environ, "PULUMI_DEBUG_COMMANDS": "true"},  # has the flag --event-log
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        lines = log.read_text().splitlines() if log.exists() else []
    for told in errors(lines):
        err.print(f"{other.setting}: {told}", style="yellow", markup=False, highlight=False)
    return list(verdicts(planned_changes(lines)))


def _print(found: Mapping[str, list[Verdict]]) -> int:
    table = Table("setting", "resource", "property", "AWS provider", "here", title_justify="left")
    rows = [(setting, one) for setting, all_ in found.items() for one in all_]
    for setting, one in rows:
        if not one.agrees:
            table.add_row(
                setting, f"{one.type} {one.name}", one.attribute, one.real or "-", one.local or "-"
            )
    if table.row_count:
        out.print(table)
    out.print(f"{len(rows)} changed properties judged, {table.row_count} differ")
    if not rows:
        return 2
    return 1 if table.row_count else 0


def _refuse(message: str) -> NoReturn:
    err.print(f"error: {message}", markup=False)
    raise typer.Exit(2)


if __name__ == "__main__":
    typer.run(main)
