"""Comments that acknowledge one finding: ``# migrator: allow RULE because REASON``."""

import difflib
import re
from dataclasses import dataclass

from migrator.lint.comments import comments, next_code
from migrator.lint.finding import Finding
from migrator.lint.rule import Rule
from migrator.lint.rules import RULES_BY_ID
from migrator.lint.rules.whole_script import INVALID_ALLOWANCE, UNUSED_ALLOWANCE
from migrator.project.script import Script

COMMENT = re.compile(r"(?:#|--|/\*)\s*migrator\s*:\s*allow\b(?P<rest>.*)")
ALLOWANCE = re.compile(r"\s+(?P<rule>\S+)\s+because\s+(?P<reason>\S.*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """One comment. `fault` says what is wrong with it, None if nothing is."""

    line: int
    rule: str = ""
    reason: str = ""
    fault: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledged:
    """A finding that a comment allows, with the reason given."""

    finding: Finding
    reason: str


def read_allowances(script: Script) -> list[Allowance]:
    """The allowances in a script's source, faulty ones included."""
    if "migrator" not in script.source:
        return []
    found = []
    for line, text in comments(script):
        comment = COMMENT.search(text)
        if comment is not None:
            found.append(_parse(comment["rest"], line))
    return found


def _parse(rest: str, line: int) -> Allowance:
    match = ALLOWANCE.fullmatch(rest.rstrip())
    if match is None:
        return Allowance(line=line, fault="write `migrator: allow RULE because REASON`")
    if match["rule"] not in RULES_BY_ID:
        return Allowance(line=line, fault=f"there is no rule {match['rule']!r}{_nearest(match)}")
    return Allowance(line=line, rule=match["rule"], reason=match["reason"])


def _nearest(match: re.Match[str]) -> str:
    close = difflib.get_close_matches(match["rule"], RULES_BY_ID, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def acknowledge(
    script: Script,
    findings: list[Finding],
    allowances: list[Allowance],
    enabled: frozenset[str],
) -> tuple[list[Finding], tuple[Acknowledged, ...]]:
    """Takes out what is allowed; adds a finding for each comment that allows nothing."""
    kept, acknowledged = list(findings), []
    for allowance in allowances:
        if allowance.fault is not None:
            kept.append(_about(script, allowance, INVALID_ALLOWANCE, allowance.fault))
            continue
        target = _target(script, kept, allowance)
        if target is not None:
            kept.remove(target)
            acknowledged.append(Acknowledged(finding=target, reason=allowance.reason))
        elif not RULES_BY_ID[allowance.rule].opt_in or allowance.rule in enabled:
            message = f"{allowance.rule} finds nothing in the statement here, or else the next one"
            kept.append(_about(script, allowance, UNUSED_ALLOWANCE, message))
    return kept, tuple(acknowledged)


def _target(script: Script, findings: list[Finding], allowance: Allowance) -> Finding | None:
    """Of the statement that the comment is written in or beside, else of the next one below."""
    line = allowance.line
    here = [step for step in script.steps if step.line <= line <= step.end_line]
    below = min((step.line for step in script.steps if step.line > line), default=None)
    steps = here or [step for step in script.steps if step.line == below]
    indexes = {step.index for step in steps}
    # What is found in no statement is on a line of its own.
    lines = {line, next_code(script, line)}
    for finding in findings:
        if finding.rule != allowance.rule:
            continue
        if finding.statement in indexes or (finding.statement is None and finding.line in lines):
            return finding
    return None


def _about(script: Script, allowance: Allowance, rule: Rule, message: str) -> Finding:
    return Finding(
        file=script.file,
        line=allowance.line,
        revision=script.revision,
        statement=None,
        rule=rule.id,
        kind=rule.kind,
        severity="unsafe" if rule is INVALID_ALLOWANCE else "caution",
        locks=(),
        message=message,
        safe_form=rule.safe_form,
    )
