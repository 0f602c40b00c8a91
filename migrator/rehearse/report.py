"""What a rehearsal found."""

from dataclasses import dataclass, field
from typing import Literal

Step = Literal["before", "up", "down", "up again"]
Subject = Literal["run", "schema", "data", "probe"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at after a step. detail says what is wrong and what to do."""

    step: Step
    subject: Subject
    ok: bool
    detail: str = ""


@dataclass(kw_only=True)
class RevisionReport:
    """One revision's way up, down and up again.

    seconds: how long each step ran, by step.
    loses: what the revision itself says that its downgrade loses.
    untried: tables it speaks of that held no rows, so that nothing is known of their data.
    """

    revision: str
    message: str
    loses: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()
    seconds: dict[Step, float] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    @property
    def finished(self) -> bool:
        """Whether every step ran, so that the next revision can be rehearsed."""
        return "up again" in self.seconds

    def of(self, subject: Subject) -> list[Check]:
        """The checks of one subject."""
        return [check for check in self.checks if check.subject == subject]

    def failures(self) -> list[Check]:
        """What is wrong, in the order it was found."""
        return [check for check in self.checks if not check.ok]


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """All revisions, in order. notes: what could not be tried, such as a table left empty."""

    server_version: int
    rows: int
    revisions: tuple[RevisionReport, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return all(report.ok for report in self.revisions)
