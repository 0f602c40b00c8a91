"""Waits that cannot be are refused when they are given, not in the middle of a run."""

import math

import pytest

from migrator.errors import UsageError
from migrator.runner.policy import WaitPolicy


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("lock_deadline", -1.0),
        ("migrator_wait", math.nan),
        ("queued_try", 0.0),
        ("probe_interval", 0.0),
        ("strong_statement", 0.0001),
        ("queued_try", math.inf),
    ],
)
def test_a_wait_that_cannot_be_is_named_with_its_value(field: str, seconds: float) -> None:
    with pytest.raises(UsageError, match=f"^{field}: {seconds!r} "):
        WaitPolicy(**{field: seconds})


def test_pauses_that_shrink_are_refused() -> None:
    with pytest.raises(UsageError, match=r"retry_cap: 0\.05 s is less than retry_base, 0\.1 s"):
        WaitPolicy(retry_cap=0.05)


def test_no_limit_and_no_wait_are_allowed() -> None:
    WaitPolicy(strong_statement=0, migrator_wait=0, lock_deadline=0, queued_every=math.inf)
