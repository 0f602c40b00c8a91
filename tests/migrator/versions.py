"""On which versions of PostgreSQL a test runs: one of them every time, the others in the sweep."""

from __future__ import annotations

import zlib
from collections import defaultdict

import pytest

from migrator.scratch import PostgresBinaries, find_binaries

TESTED_VERSIONS = (18, 15)


def installed_binaries() -> list[PostgresBinaries]:
    """The tested versions that this machine has."""
    return [found for found in find_binaries() if found.version in TESTED_VERSIONS]


def version_name(binaries: PostgresBinaries) -> str:
    """How the tests that run on a version are called, such as pg18."""
    return f"pg{binaries.version}"


def divide(items: list[pytest.Item]) -> list[pytest.Item]:
    """Gives the sweep all but one run of each test; returns those that cannot be.

    Which one it is follows from the test's name, so that each version has its share of all kinds.
    """
    impossible = []
    runs: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        version = _version(item)
        if version is None:
            continue
        if _holds(item, version):
            runs[item.nodeid.replace(f"pg{version}", "")].append(item)
        else:
            impossible.append(item)
    for name, same in runs.items():
        chosen = zlib.crc32(name.encode()) % len(same)
        for item in same[:chosen] + same[chosen + 1 :]:
            item.add_marker("sweep")
    return impossible


def _version(item: pytest.Item) -> int | None:
    if not hasattr(item, "callspec"):
        return None
    values = item.callspec.params.values()  # pyright: ignore[reportAttributeAccessIssue]
    return next((each.version for each in values if isinstance(each, PostgresBinaries)), None)


def _holds(item: pytest.Item, version: int) -> bool:
    marker = item.get_closest_marker("servers")
    limits = marker.kwargs if marker else {}
    return limits.get("since", 0) <= version <= limits.get("until", 999)
