"""Totals over verdicts, with the two judgements kept apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from migrator.lint.finding import SEVERITIES, Finding
from migrator.lint.judge import Verdict

# What stalls the running database, as against what breaks the running application.
STALLING_KINDS = {"lock", "rewrite", "scan"}
BREAKING_KINDS = {"compat", "opaque"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """Counts for a report. `knowledge` says what the judgements stand on."""

    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    pg_version: int
    knowledge: str

    def count(self, severity: str) -> int:
        """The number of findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def failed(self) -> bool:
        """Whether any unsafe finding is left unacknowledged."""
        return self.count("unsafe") > 0

    @property
    def judged(self) -> str:
        """How much was judged: ``2 statements in 1 file``."""
        statements = sum(len(verdict.script.steps) for verdict in self.verdicts)
        return f"{_counted(statements, 'statement')} in {_counted(len(self.verdicts), 'file')}"

    def as_json(self) -> dict[str, Any]:
        """The ``summary`` object of the JSON report."""
        acknowledged = [entry for verdict in self.verdicts for entry in verdict.acknowledged]
        return {
            **{severity: self.count(severity) for severity in SEVERITIES},
            "lock": worst(self.findings, STALLING_KINDS),
            "compatibility": worst(self.findings, BREAKING_KINDS),
            "statements": sum(len(verdict.script.steps) for verdict in self.verdicts),
            "files": len(self.verdicts),
            "pg_version": self.pg_version,
            "knowledge": self.knowledge,
            "replayed": [v.script.revision for v in self.verdicts if v.script.replayed],
            "acknowledged": [
                {
                    "file": entry.finding.file,
                    "line": entry.finding.line,
                    "rule": entry.finding.rule,
                    "because": entry.reason,
                }
                for entry in acknowledged
            ],
        }


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def worst(findings: Iterable[Finding], kinds: set[str]) -> str:
    """``unsafe``, ``caution`` or ``safe`` for the findings of some kinds."""
    severities = {finding.severity for finding in findings if finding.kind in kinds}
    return next((level for level in ("unsafe", "caution") if level in severities), "safe")


def totals(verdicts: Iterable[Verdict], *, pg_version: int, knowledge: str) -> Totals:
    """Adds up verdicts."""
    kept = tuple(verdicts)
    findings = tuple(finding for verdict in kept for finding in verdict.findings)
    return Totals(findings=findings, verdicts=kept, pg_version=pg_version, knowledge=knowledge)
