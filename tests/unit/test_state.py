"""The state is read while the engine writes it."""

from __future__ import annotations

from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime import mocks

from infra import state
from infra.state import read_state
from tests.unit.recording import Answers, record

HALF_WRITTEN = "failed to load checkpoint: EOF"


class EngineError(grpc.RpcError):
    """A call that the engine answers with an error."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return HALF_WRITTEN


class HalfWritten(Answers):
    """Answers as the engine does while a file of the state is being written, a number of times."""

    times = 0

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        result = super().call(args)
        if len(self.recording.lookups) <= self.times:
            raise EngineError
        return result


def lookups(times: int) -> int:
    """How often the state is asked for, if it is half written some times."""

    class Some(HalfWritten):
        pass

    Some.times = times
    return len(record(lambda: pulumi.export("length", len(read_state())), answers=Some).lookups)


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_state_that_is_being_written_is_read_again(times: int) -> None:
    assert lookups(times) == times + 1


def test_a_stack_that_was_never_deployed_to_its_end_has_a_state_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    urn = "urn:pulumi:test::groundwork::groundwork:network:Vpc$aws:ec2/vpc:Vpc::network-vpc"
    resource = {"urn": urn, "type": "aws:ec2/vpc:Vpc", "outputs": {"cidrBlock": "10.0.0.0/16"}}
    monkeypatch.setattr(state, "exported", lambda stack: {urn: resource})
    found: list[Any] = []
    record(lambda: found.extend(read_state()))
    assert [(one.name, one.at("cidrBlock")) for one in found] == [("network-vpc", "10.0.0.0/16")]


def test_a_state_that_cannot_be_read_is_an_error_with_the_engines_words() -> None:
    with pytest.raises(Exception, match=HALF_WRITTEN):
        lookups(100)
