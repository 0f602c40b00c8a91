"""The state is read while the engine writes it."""

from __future__ import annotations

from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime import mocks

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


def test_a_state_that_cannot_be_read_is_an_error_with_the_engines_words() -> None:
    with pytest.raises(Exception, match=HALF_WRITTEN):
        lookups(100)
