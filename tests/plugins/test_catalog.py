"""Each entry is there once, and a case exercises it."""

from __future__ import annotations

from local.plugins.aws.catalog import ENTRIES
from tests.plugins.cases.catalog import CASES


def test_every_entry_has_a_case() -> None:
    types = [entry.type for entry in ENTRIES]
    assert sorted({case.type for case in CASES}) == sorted(types)


def test_every_case_tries_a_rejection_and_a_replacement() -> None:
    assert all(case.rejected for case in CASES)
    assert all(case.replace for case in CASES)
    assert all(case.drift for case in CASES)
