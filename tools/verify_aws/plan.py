"""What a preview plans for each property of each AWS resource, from the engine's event log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from local.plugins.framework.values import from_log

Effect = Literal["update", "replace"]
PLANNED = ("update", "replace")
"""The operations that compare two sets of inputs; a replacement is logged in two more steps."""


@dataclass(frozen=True, kw_only=True)
class PlannedChange:
    """One resource that is to be changed.

    effects: of each top-level property that differs, as the provider has it. old_inputs, outputs,
    new_inputs: as the engine has them, with UNKNOWN for what is known only after the deployment.
    """

    type: str
    name: str
    effects: Mapping[str, Effect]
    old_inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    new_inputs: Mapping[str, Any]


def planned_changes(log: Iterable[str]) -> Iterator[PlannedChange]:
    """The changes of AWS resources in an event log, which has one JSON object a line."""
    for line in log:
        step = json.loads(line).get("resourcePreEvent", {}).get("metadata")
        if step and step["type"].startswith("aws:") and step["op"] in PLANNED:
            old, new = step["old"], step["new"]
            yield PlannedChange(
                type=step["type"],
                name=step["urn"].rpartition("::")[2],
                effects=_effects(step),
                old_inputs=from_log(old.get("inputs") or {}),
                outputs=from_log(old.get("outputs") or {}),
                new_inputs=from_log(new.get("inputs") or {}),
            )


def errors(log: Iterable[str]) -> list[str]:
    """The errors that the engine told during a preview."""
    told = (json.loads(line).get("diagnosticEvent") for line in log)
    return [event["message"].strip() for event in told if event and event["severity"] == "error"]


def _effects(step: Mapping[str, Any]) -> dict[str, Effect]:
    """A provider that gives no details tells the properties that replace, and those that differ."""
    effects: dict[str, Effect] = {}
    for path, detail in (step.get("detailedDiff") or {}).items():
        _note(effects, path, replaces=detail["diffKind"].endswith("-replace"))
    if not effects:
        for path in step.get("diffs") or ():
            _note(effects, path, replaces=path in (step.get("keys") or ()))
    return effects


def _note(effects: dict[str, Effect], path: str, *, replaces: bool) -> None:
    root = re.split(r"[.\[]", path, maxsplit=1)[0]
    # The real provider shows a tag twice: as given, and among all that the object has.
    root = "tags" if root == "tagsAll" else root
    if replaces or root not in effects:
        effects[root] = "replace" if replaces else "update"
