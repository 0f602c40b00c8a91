"""How patient a deployment's migrations are, and how gentle its backfills."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Annotated, Any

from components.arguments import Fault, Setting, Settings
from components.duration import duration_faults
from migrator.runner.policy import WaitPolicy

# Of WaitPolicy, by setting, and of the command line.
WAITS = {
    "migrator": ("migrator_wait", "--wait"),
    "locks": ("lock_deadline", "--lock-deadline"),
    "statement": ("strong_statement", "--statement-limit"),
}
# Of RunOptions, by setting, with how many of the setting's units one of its is; and of the
# command line.
PACE = {
    "workers": ("workers", 1, "--workers"),
    "rest": ("rest", 1, "--rest"),
    "batch_ms": ("batch_seconds", 1000, "--batch-ms"),
    "lock_timeout_ms": ("lock_timeout", 1000, "--lock-timeout-ms"),
    "statement_timeout_ms": ("statement_timeout", 1000, "--statement-timeout-ms"),
}

# What the server counts a timeout with, and more connections than any server has to spare.
LONGEST_MS = 2**31 - 1
LONGEST = timedelta(days=24)
MOST = {
    "workers": 100,
    "rest": 1000,
    "batch_ms": LONGEST_MS,
    "lock_timeout_ms": LONGEST_MS,
    "statement_timeout_ms": LONGEST_MS,
}


@dataclass(frozen=True, kw_only=True)
class WaitSettings(Settings):
    """How long a revision may wait, and make others wait."""

    migrator: Annotated[
        timedelta | None,
        Setting(
            "For another migrator of the database to finish; default:"
            f" {WaitPolicy.migrator_wait:g} s"
        ),
    ] = None
    locks: Annotated[
        timedelta | None,
        Setting(
            "For the locks of one revision, over all attempts; default:"
            f" {WaitPolicy.lock_deadline:g} s"
        ),
    ] = None
    statement: Annotated[
        timedelta | None,
        Setting(
            "Longest run of a statement that keeps readers or writers out; default:"
            f" {WaitPolicy.strong_statement:g} s"
        ),
    ] = None

    def faults(self) -> Iterator[Fault]:
        for name in WAITS:
            duration: timedelta | None = getattr(self, name)
            if duration is not None:
                yield from duration_faults(name, duration)
                if duration > LONGEST:
                    yield Fault(name, str(duration), f"give at most {LONGEST.days} days")

    def policy(self) -> dict[str, float]:
        """What is set, as the migrator's WaitPolicy takes it."""
        return {WAITS[name][0]: value.total_seconds() for name, value in _given(self)}

    def options(self) -> list[str]:
        """What is set, for the command line."""
        given = ((WAITS[name][1], value.total_seconds()) for name, value in _given(self))
        return [part for option, seconds in given for part in (option, f"{seconds:g}")]


@dataclass(frozen=True, kw_only=True)
class BackfillPaceSettings(Settings):
    """How rows are filled beside the application; what is left out is the migrator's own."""

    workers: Annotated[
        int | None,
        Setting(
            "Connections that fill ranges of their own; default: two for an SQL expression, one"
            " for Python code"
        ),
    ] = None
    rest: Annotated[
        int | None,
        Setting(
            "Rest after each batch while others write, as a multiple of the batch's time; 0 for"
            " none; default: 2",
        ),
    ] = None
    batch_ms: Annotated[
        int | None, Setting("How long one batch should take; default: 15", unit="milliseconds")
    ] = None
    lock_timeout_ms: Annotated[
        int | None,
        Setting("How long a batch waits for a locked row; default: 100", unit="milliseconds"),
    ] = None
    statement_timeout_ms: Annotated[
        int | None, Setting("How long a batch may take in all; default: 5000", unit="milliseconds")
    ] = None

    def faults(self) -> Iterator[Fault]:
        for name, value in _given(self):
            least = 0 if name == "rest" else 1
            most = MOST[name]
            if not least <= value <= most:
                yield Fault(name, value, f"give {least} to {most:,}")

    def run_options(self) -> dict[str, float]:
        """What is set, as the migrator's RunOptions takes it."""
        return {
            field: value if unit == 1 else value / unit
            for name, value in _given(self)
            for field, unit, _ in (PACE[name],)
        }

    def options(self) -> list[str]:
        """What is set, for the command line."""
        return [part for name, value in _given(self) for part in (PACE[name][2], str(value))]


def _given(settings: Settings) -> Iterator[tuple[str, Any]]:
    for field in fields(settings):
        value = getattr(settings, field.name)
        if value is not None:
            yield field.name, value
