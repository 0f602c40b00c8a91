"""Durations as Kubernetes writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from components.arguments import Fault

SECOND = timedelta(seconds=1)
UNITS = (("h", 3600), ("m", 60), ("s", 1))


def duration_faults(field: str, duration: timedelta) -> Iterator[Fault]:
    """A fault unless the duration has whole seconds, at least one."""
    if duration < SECOND or duration % SECOND:
        yield Fault(field, str(duration), "give whole seconds, at least one")


def format_duration(duration: timedelta) -> str:
    """For example `1h`, `1m30s`, `5s`; parts of a second are cut off."""
    rest, text = duration // SECOND, ""
    for unit, seconds in UNITS:
        count, rest = divmod(rest, seconds)
        text += f"{count}{unit}" if count else ""
    return text
