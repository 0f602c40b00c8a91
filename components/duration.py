"""Durations as Kubernetes writes them."""

from __future__ import annotations

from datetime import timedelta

UNITS = (("h", 3600), ("m", 60), ("s", 1))


def format_duration(duration: timedelta) -> str:
    """For example `1h`, `1m30s`, `5s`; ValueError unless whole seconds, one or more."""
    rest, fraction = divmod(duration, timedelta(seconds=1))
    if fraction or rest < 1:
        raise ValueError(f"{duration} is not a duration of one or more whole seconds")
    text = ""
    for unit, seconds in UNITS:
        count, rest = divmod(rest, seconds)
        text += f"{count}{unit}" if count else ""
    return text
