"""The engine's event log, while it is being written."""

import json
from pathlib import Path
from typing import Any

from local.engine.events import EventLog, Progress, lost_creations


def about(kind: str, operation: str, name: str) -> dict[str, Any]:
    return {kind: {"metadata": {"op": operation, "urn": f"urn:pulumi:local::p::t::{name}"}}}


def test_lines_are_read_once_and_only_when_whole(tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    log = EventLog(file)
    assert list(log.new()) == []
    file.write_text('{"sequence": 1}\n{"sequ')
    assert list(log.new()) == [{"sequence": 1}]
    with file.open("a") as stream:
        stream.write('ence": 2}\n')
    assert list(log.new()) == [{"sequence": 2}]
    assert list(log.new()) == []


def test_progress_says_what_is_under_way() -> None:
    progress = Progress()
    progress.add(about("resourcePreEvent", "create", "vpc"))
    progress.add(about("resourcePreEvent", "update", "role"))
    assert progress.now == "creating vpc and 1 more"
    progress.add(about("resOutputsEvent", "create", "vpc"))
    assert (progress.now, progress.done) == ("updating role", 1)
    progress.add(about("resOpFailedEvent", "update", "role"))
    assert progress.now == ""


def test_problems_name_the_resource() -> None:
    progress = Progress()
    said = {"severity": "error", "message": "no such role\n", "urn": "urn:pulumi:a::b::c::admin"}
    progress.add({"diagnosticEvent": said})
    progress.add({"diagnosticEvent": {"severity": "debug", "message": "registering"}})
    progress.add(json.loads('{"summaryEvent": {"resourceChanges": {"same": 2}}}'))
    assert progress.problems == [("error", "admin: no such role")]
    assert progress.changes == {"same": 2}


def test_of_a_lost_plugin_the_creations_are_known(tmp_path: Path) -> None:
    def failed(operation: str, name: str, status: int) -> dict[str, Any]:
        new = {"urn": f"urn:{name}", "type": "aws:ec2/vpc:Vpc"}
        metadata = {"op": operation, "urn": f"urn:{name}", "new": new}
        return {"resOpFailedEvent": {"metadata": metadata, "status": status}}

    # As the engine has it where the plugin's connection was reset.
    said = {"severity": "error", "message": "error reading from server: connection reset by peer"}
    events = [
        failed("create", "lost", 2),
        failed("create", "refused", 0),
        failed("update", "u", 2),
        {"diagnosticEvent": {**said, "urn": "urn:reset"}},
        failed("create", "reset", 0),
        failed("create-replacement", "other", 2),
    ]
    file = tmp_path / "events.json"
    file.write_text("".join(json.dumps(event) + "\n" for event in events))
    assert [one["urn"] for one in lost_creations(file)] == ["urn:lost", "urn:reset", "urn:other"]
