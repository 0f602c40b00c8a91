"""One history that env.py runs on several databases: a verdict for each, nothing said twice."""

from collections.abc import Sequence
from dataclasses import replace

from migrator.lint.finding import Finding
from migrator.lint.judge import Verdict
from migrator.lint.rules.whole_script import UNUSED_ALLOWANCE


def with_another_database(before: Sequence[Verdict], found: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts on a history, and what its revisions do in one more database beside that."""
    used = _unused(before) ^ _unused(found)  # in one of the databases
    said = {_key(finding) for verdict in before for finding in verdict.findings}
    added = [
        replace(verdict, findings=tuple(f for f in verdict.findings if _key(f) not in said))
        for verdict in found
        if verdict.script.steps or verdict.script.opaque
    ]
    return [
        replace(each, findings=tuple(f for f in each.findings if _key(f) not in used))
        for each in (*before, *added)
    ]


def _unused(verdicts: Sequence[Verdict]) -> set[tuple[object, ...]]:
    """The findings about allowances that acknowledge nothing."""
    return {
        _key(finding)
        for verdict in verdicts
        for finding in verdict.findings
        if finding.rule == UNUSED_ALLOWANCE.id
    }


def _key(finding: Finding) -> tuple[object, ...]:
    return finding.file, finding.rule, finding.line, finding.message
