"""A Pulumi project whose program is the platform without components."""

import json
from pathlib import Path

import yaml

from bench.flat_program import generate
from local.engine.stack import Stack

PROJECT = "flat"


def write(folder: Path, finished: Stack) -> None:
    """Writes the flat program of a finished stack, and a stack file with the same settings."""
    folder.mkdir(parents=True)
    state = json.loads(
        finished.run(["stack", "export", "--stack", finished.name, "--show-secrets"])
    )
    (folder / "__main__.py").write_text(generate(state))
    # The schema's resource names its revisions by a path from the project's folder.
    (folder / "migrations").symlink_to(finished.paths.repository / "migrations")
    project = yaml.safe_load((finished.paths.project / "Pulumi.yaml").read_text())
    project.pop("main")
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump({**project, "name": PROJECT}))
    copied = finished.paths.project / f"Pulumi.{finished.name}.yaml"
    settings = yaml.safe_load(copied.read_text())
    aws = {k: v for k, v in settings["config"].items() if not k.startswith("groundwork:")}
    (folder / copied.name).write_text(yaml.safe_dump({"config": aws}))
