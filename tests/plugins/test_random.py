"""The plugin ``random``."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import grpc
import pytest

from local.plugins.framework.values import UNKNOWN
from local.plugins.random.__main__ import random_plugin
from tests.plugins.host import Host, RejectedError, hosted

KIND = "random:index/randomId:RandomId"
INPUTS = {"byteLength": 8, "prefix": "final-", "keepers": {"identifier": "one"}}


@pytest.fixture(scope="module")
def random_host() -> Iterator[Host]:
    with hosted(random_plugin(), {}) as found:
        yield found


def test_spells_the_same_bytes_four_times(random_host: Host) -> None:
    state = random_host.create(KIND, "suffix", INPUTS)
    value = bytes.fromhex(state["hex"].removeprefix("final-"))
    assert len(value) == 8
    assert state["b64Std"] == "final-" + base64.b64encode(value).decode()
    assert state["b64Url"] == "final-" + state.id
    assert base64.urlsafe_b64decode(state.id + "=") == value
    assert state["dec"] == f"final-{int.from_bytes(value, 'big')}"
    assert random_host.create(KIND, "other", INPUTS).id != state.id


def test_is_unknown_until_made_and_stays_afterwards(random_host: Host) -> None:
    assert random_host.preview(KIND, "suffix", INPUTS)["hex"] is UNKNOWN
    state = random_host.create(KIND, "suffix", INPUTS)
    assert not random_host.diff(state, INPUTS)
    assert random_host.refresh(state) == state
    random_host.delete(state)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"byteLength": 4}, "byteLength"),
        ({"prefix": "other-"}, "prefix"),
        ({"keepers": {"identifier": "two"}}, "keepers.identifier"),
    ],
)
def test_any_change_makes_a_new_one(
    change: dict[str, object], path: str, random_host: Host
) -> None:
    state = random_host.create(KIND, "suffix", INPUTS)
    difference = random_host.diff(state, {**INPUTS, **change})
    assert difference.kinds == {path: "UPDATE_REPLACE"}


def test_imports_what_another_stack_made(random_host: Host) -> None:
    state = random_host.create(KIND, "suffix", {"byteLength": 8, "prefix": "final-"})
    imported = random_host.read(KIND, "suffix", f"final-,{state.id}")
    assert imported == state
    with pytest.raises(grpc.RpcError, match="base64"):
        random_host.read(KIND, "suffix", "a")


@pytest.mark.parametrize(
    ("inputs", "path", "reason"),
    [
        ({}, "byteLength", "required"),
        ({"byteLength": 0}, "byteLength", "at least 1"),
        ({"byteLength": "8"}, "byteLength", "integer"),
        ({"byteLength": 8, "length": 4}, "length", "unknown property"),
    ],
)
def test_rejects(inputs: dict[str, object], path: str, reason: str, random_host: Host) -> None:
    with pytest.raises(RejectedError) as caught:
        random_host.check(KIND, "suffix", inputs)
    assert reason in caught.value.failures[path]


def test_another_type_is_an_error_that_names_it(random_host: Host) -> None:
    with pytest.raises(grpc.RpcError, match="RandomPassword"):
        random_host.check("random:index/randomPassword:RandomPassword", "password", {})
