"""The engine, its plugins and the command are killed at every type of resource once."""

import itertools

import pytest

from tests.local.stack import killing
from tests.local.stack.checkout import Checkout

VICTIMS = (killing.kill_engine, killing.kill_plugins, killing.kill_command)
PASSES = 4


@pytest.mark.sweep
@pytest.mark.timeout(3600)
def test_the_next_up_finishes_what_was_killed_at_any_type(own: Checkout) -> None:
    """Each `up` is killed at the next type; another pass goes for what was missed."""
    met: set[str] = set()
    missed: set[str] = set()
    victims = itertools.cycle(VICTIMS)
    for number in range(PASSES):
        while _killed_at_a_new_type(own, next(victims), met):
            pass
        _assert_whole(own)
        missed = _types(own) - met
        print(f"after pass {number + 1}: {len(met)} types met, missed: {sorted(missed)}")
        if not missed:
            break
        own.must("down")
        own.must("clean")  # with what outlives the stack on purpose, which would not be made again
    assert not missed


def _killed_at_a_new_type(checkout: Checkout, kill: killing.Kill, met: set[str]) -> bool:
    """Whether an `up` was killed; it comes to its end if there is no new type to be killed at."""
    command = checkout.start("up")
    found = killing.stop_at_creation(
        checkout, command, lambda kind: kind not in met and _is_made(kind)
    )
    if not found:
        assert command.wait() == 0, checkout.output()
        return False
    print(f"{kill.__name__}: {sorted(found)} of {sorted(killing.begun(checkout))}")
    met |= found
    kill(command)
    return True


def _assert_whole(checkout: Checkout) -> None:
    assert not killing.state(checkout).get("pending_operations")
    assert killing.strangers(checkout) == []
    assert "no changes" in checkout.must("up")
    assert "no changes" in checkout.must("refresh")


def _types(checkout: Checkout) -> set[str]:
    return {resource["type"] for resource in checkout.resources() if _is_made(resource["type"])}


def _is_made(kind: str) -> bool:
    """Whether its resources are something outside of the state."""
    return not kind.startswith(("pulumi:", "groundwork:"))
