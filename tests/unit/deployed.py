"""A stack's state, as its last deployment would have left it."""

from __future__ import annotations

from typing import Any

from infra.state import Deployed, State
from tests.unit.recording import Recording, Registered

SUBNET = "aws:ec2/subnet:Subnet"


def state_after(recording: Recording) -> State:
    """The state after a program has run."""
    return State(
        [
            Deployed(type=one.type, name=one.name, outputs=_outputs(recording, one))
            for one in recording.resources
        ],
        protected=lambda: {one.name for one in recording.resources if one.protect},
    )


def _outputs(recording: Recording, resource: Registered) -> dict[str, Any]:
    if not resource.custom:
        return recording.outputs.get(resource.urn, {})
    outputs = {"region": "eu-west-1", **resource.inputs}
    if resource.type == SUBNET:
        outputs["arn"] = f"arn:aws:ec2:eu-west-1:123456789012:subnet/{resource.name}-id"
    return outputs
