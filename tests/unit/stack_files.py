"""The repository's stack files as Pulumi hands them to the program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
STACKS = ("local", "staging", "production")


def stack_file(stack: str) -> dict[str, Any]:
    """The `config` mapping of a stack file."""
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]


def as_config(values: dict[str, Any]) -> dict[str, str]:
    """Objects become JSON text, as in Pulumi's own configuration."""
    return {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()
    }
