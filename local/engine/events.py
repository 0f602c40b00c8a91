"""The engine's event log: what each line means to someone who waits for a run."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DOING = {
    "create": "creating",
    "update": "updating",
    "delete": "deleting",
    "replace": "replacing",
    "create-replacement": "creating the replacement of",
    "delete-replaced": "deleting the replaced",
    "read": "reading",
    "refresh": "refreshing",
    "import": "importing",
    "same": "checking",
}
SHOWN = ("error", "warning")
FAILURE = b'"resOpFailedEvent"'
CREATE = ("create", "create-replacement")
UNKNOWN = 2
"""The status of an operation of which the plugin did not say how it ended."""
CUT_OFF = b"error reading from server"
"""What gRPC says of a plugin that died while it was asked. Where the connection was reset, the
engine takes that for a clean failure."""


@dataclass(kw_only=True)
class Progress:
    """What is known so far about one run.

    running: what the engine does, by URN.
    problems: the errors and warnings, as (severity, text).
    changes: the number of resources by operation, once the run has ended.
    """

    done: int = 0
    running: dict[str, str] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    changes: dict[str, int] = field(default_factory=dict)

    def add(self, event: dict[str, Any]) -> None:
        """Takes one event into account."""
        if step := event.get("resourcePreEvent"):
            urn, operation = step["metadata"]["urn"], step["metadata"]["op"]
            self.running[urn] = f"{DOING.get(operation, operation)} {urn.rsplit('::', 1)[-1]}"
        elif step := event.get("resOutputsEvent"):
            self.done += 1
            self.running.pop(step["metadata"]["urn"], None)
        elif step := event.get("resOpFailedEvent"):
            self.running.pop(step["metadata"]["urn"], None)
        elif summary := event.get("summaryEvent"):
            self.changes = summary.get("resourceChanges") or {}
        elif (said := event.get("diagnosticEvent")) and said["severity"] in SHOWN:
            name = said.get("urn", "").rsplit("::", 1)[-1]
            text = said["message"].rstrip()
            self.problems.append((said["severity"], f"{name}: {text}" if name else text))
        elif policy := event.get("policyEvent"):
            severity = "error" if policy["enforcementLevel"] == "mandatory" else "warning"
            self.problems.append((severity, policy["message"].rstrip()))

    def total(self, known: int | None) -> int | None:
        """The number of resources, `known` before the run, once more than that are done: None."""
        return known if known is None or known >= self.done else None

    @property
    def now(self) -> str:
        """What the engine is doing, in a few words."""
        names = list(self.running.values())
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return f"{names[0]}{more}" if names else ""


def lost_creations(file: Path) -> list[dict[str, Any]]:
    """The resources of which the run does not know whether they were made: their plugin died.

    The engine forgets them, but for this log. Secret inputs read "[secret]".
    """
    if not file.exists():
        return []
    cut_off: set[str] = set()
    lost = []
    for line in file.read_bytes().splitlines(True):
        if not line.endswith(b"\n") or not any(word in line for word in (FAILURE, CUT_OFF)):
            continue
        event = json.loads(line)
        if said := event.get("diagnosticEvent"):
            cut_off.add(said.get("urn", ""))
        elif (failed := event.get("resOpFailedEvent")) and failed["metadata"]["op"] in CREATE:
            urn = failed["metadata"]["urn"]
            if failed["status"] == UNKNOWN or urn in cut_off:
                lost.append(failed["metadata"]["new"])
    return lost


class EventLog:
    """Reads the events of a log that is still being written."""

    def __init__(self, file: Path):
        self._file = file
        self._offset = 0

    def new(self) -> Iterator[dict[str, Any]]:
        """The events since the last call; a line that is not whole yet waits."""
        if not self._file.exists():
            return
        with self._file.open("rb") as stream:
            stream.seek(self._offset)
            for line in stream:
                if not line.endswith(b"\n"):
                    return
                self._offset += len(line)
                yield json.loads(line)
