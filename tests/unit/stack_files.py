"""The repository's stack files as Pulumi hands them to the program, and changes of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import SettingsError, parse

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


FILE = "Pulumi.local.yaml"
VALID = stack_file("local")


def faults_of(change: Callable[[dict[str, Any]], object]) -> list[str]:
    """The messages for the local stack file after a change."""
    values = copy.deepcopy(VALID)
    change(values)
    with pytest.raises(SettingsError) as caught:
        parse(as_config(values), FILE)
    return caught.value.faults


def put(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """A change: set the value at `subject/key/…`; a digit is a list's position."""

    def change(values: dict[str, Any]) -> None:
        *parents, key = path.split("/")
        holder: Any = values
        for depth, parent in enumerate(parents):
            name: Any = f"groundwork:{parent}" if depth == 0 else parent
            holder = holder[int(parent) if parent.isdigit() else name]
        holder[int(key) if key.isdigit() else key] = value

    return change


def drop(path: str) -> Callable[[dict[str, Any]], None]:
    """A change: remove the key at `subject/key/…`."""

    def change(values: dict[str, Any]) -> None:
        *parents, key = path.split("/")
        holder: Any = values
        for depth, parent in enumerate(parents):
            holder = holder[f"groundwork:{parent}" if depth == 0 else parent]
        del holder[key]

    return change
