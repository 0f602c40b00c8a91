"""What each setting does when it is changed: `python -m tests.unit.setting_effects` writes it.

The file has, by the setting's path, what the change adds, updates, replaces and deletes, or why it
is refused. docs/settings.md shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.changes import refusals
from infra.settings import parse
from infra.state import State
from tests.unit.deployed import state_after
from tests.unit.plan import Plan, plan
from tests.unit.program import run_program
from tests.unit.recording import Recording, record
from tests.unit.setting_values import BELOW_JOB, VALUES, base, changed
from tests.unit.stack_files import as_config

FILE = Path(__file__).with_name("setting_effects.yaml")
REFUSED = "refused"


@cache
def effects() -> Mapping[str, Any]:
    """The file's content."""
    return yaml.safe_load(FILE.read_text())


@cache
def before(job: bool) -> tuple[Recording, State]:
    """The stack as it was, and its state."""
    recording = record(run_program, as_config(dict(base(job=job))))
    return recording, state_after(recording)


def refusal(path: str) -> list[str]:
    """Why another value of a setting is refused."""
    _, state = before(path.startswith(BELOW_JOB))
    return refusals(parse(as_config(changed(path)), "Pulumi.staging.yaml"), state)


def planned(*paths: str) -> Plan:
    """What other values of some settings do together."""
    recording, _ = before(paths[0].startswith(BELOW_JOB))
    return plan(recording, changed(*paths))


def _effect(path: str) -> dict[str, Any]:
    if refused := refusal(path):
        return {REFUSED: refused}
    return {how: sorted(names) for how, names in sorted(planned(path).items())}


if __name__ == "__main__":
    FILE.write_text(yaml.safe_dump({path: _effect(path) for path in VALUES}, sort_keys=False))
