"""PostgreSQL's durations, and the timeouts that a script has set."""

import re

from migrator.lint.scene import Scene

UNITS_MS = {"": 1, "us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def milliseconds(value: str) -> float | None:
    """A PostgreSQL duration such as ``2s``, None if it is not one."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*", value)
    return float(match[1]) * UNITS_MS[match[2] or ""] if match else None


def timeouts(scene: Scene) -> dict[str, str]:
    """The timeouts that are set for this statement, as written, by name; 0 is none."""
    names = ("lock_timeout", "statement_timeout")
    found = {name: scene.settings.get(name) or "0" for name in names}
    return {name: value for name, value in found.items() if milliseconds(value)}
