"""Runs the rules over scripts, carrying the catalog forward from one to the next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from migrator.lint.allowances import Acknowledged, acknowledge, read_allowances
from migrator.lint.finding import Finding
from migrator.lint.rule import Hit, Rule
from migrator.lint.rules import RULES
from migrator.lint.rules.whole_script import script_hits
from migrator.lint.scene import Scene
from migrator.postgres.effects import Effects, Lock
from migrator.postgres.statements import actions as a
from migrator.project.progress import new_indexes
from migrator.project.script import Script, Step
from migrator.project.script_claims import ScriptWalk, StepClaims, claimed
from migrator.snapshot import Catalog


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The result for one script: its findings, what was acknowledged, and its claims."""

    script: Script
    findings: tuple[Finding, ...]
    acknowledged: tuple[Acknowledged, ...]
    claims: tuple[StepClaims, ...]


def judge(
    scripts: Iterable[Script],
    catalog: Catalog,
    *,
    version: int,
    enabled: frozenset[str] = frozenset(),
) -> Iterator[Verdict]:
    """Judges scripts in the order in which they run.

    catalog: the state before the first; it is changed along the way.
    version: server_version_num. enabled: ids of opt-in rules to run.
    """
    for script in scripts:
        yield _judge_script(script, catalog, version, enabled)


def _judge_script(
    script: Script, catalog: Catalog, version: int, enabled: frozenset[str]
) -> Verdict:
    findings: dict[tuple[object, ...], Finding] = {}
    claims: list[StepClaims] = []
    sizes, indexes = catalog.sizes, new_indexes(script)
    walk = ScriptWalk(script, catalog, version)
    progress = walk.progress
    for step in script.steps:
        hits: list[tuple[Rule, Hit]] = []
        parts: list[Effects] = []
        for position, action, found in walk.actions(step):
            parts.append(found)
            scene = Scene(
                script=script,
                step=step,
                version=version,
                catalog=catalog,
                effects=found,
                created=progress.created,
                created_objects=progress.created_objects,
                position=position,
                held=progress.held,
                settings=progress.settings,
                referenced=progress.referenced,
                pending=progress.pending.tables,
                new_indexes=indexes,
            )
            hits += _hits(action, scene, enabled)
        claims.append(claimed(step, parts))
        together = claims[-1].effects
        locks = tuple(lock for lock in together.locks if lock.relation not in progress.created)
        for rule, hit in hits:
            key = (rule.id,) if rule.once else (rule.id, step.index, hit.message)
            if key in findings:
                continue
            size = _size(rule, together, sizes)
            sized = replace(hit, message=hit.message + size) if size else hit
            findings[key] = _finding(script, rule, sized, line=step.line, step=step, locks=locks)
    for rule, line, hit in script_hits(script, catalog):
        finding = _finding(script, rule, hit, line=line, step=None, locks=())
        findings[rule.id, line, hit.message] = finding
    kept, acknowledged = acknowledge(
        script, list(findings.values()), read_allowances(script), enabled
    )
    return Verdict(
        script=script,
        findings=tuple(sorted(kept, key=_order)),
        acknowledged=acknowledged,
        claims=tuple(claims),
    )


def _size(rule: Rule, found: Effects, sizes: dict[str, tuple[int, int]]) -> str:
    """How much there is to read or write, where the catalog knows."""
    if rule.kind not in ("lock", "rewrite", "scan"):
        return ""
    known = [name for name in (*found.rewrites, *found.scans) if name in sizes]
    if not known:
        return ""
    rows, size = sizes[known[0]]
    return f" ({known[0]} has about {rows:,} rows, {size / 2**20:,.1f} MiB with its indexes)"


def _hits(action: a.Action, scene: Scene, enabled: frozenset[str]) -> list[tuple[Rule, Hit]]:
    return [
        (rule, hit)
        for rule in _rules_for(type(action), scene.version, enabled)
        for hit in rule.check(action, scene)
    ]


def _order(finding: Finding) -> tuple[int, int]:
    return finding.line, -1 if finding.statement is None else finding.statement


def _finding(
    script: Script, rule: Rule, hit: Hit, *, line: int, step: Step | None, locks: tuple[Lock, ...]
) -> Finding:
    return Finding(
        file=script.file,
        line=line,
        revision=script.revision,
        statement=step.index if step else None,
        rule=rule.id,
        kind=rule.kind,
        severity=hit.severity,
        locks=locks,
        message=hit.message,
        safe_form=rule.filled(hit),
    )


@cache
def _rules_for(action: type[a.Action], version: int, enabled: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in RULES
        if issubclass(action, rule.on)
        and rule.applies_to(version)
        and (not rule.opt_in or rule.id in enabled)
    )
