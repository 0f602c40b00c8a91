"""Without a database: every case of the corpus is judged as it says."""

import re
from collections.abc import Callable

import pytest

from bench.lint_corpus import Case, Expectation, cases
from migrator.lint.finding import Finding
from migrator.lint.rules import RULES
from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script
from migrator.snapshot import Catalog

CASES = cases()
SEVERITIES = ("unsafe", "caution", "info")


def findings(case: Case, *, version: int, catalog: Catalog | None = None) -> list[Finding]:
    script = sql_script(case.sql, "case.sql")
    verdicts = judge_scripts([script], pg_version=version, catalog=catalog)
    return [finding for verdict in verdicts for finding in verdict.findings]


def outside_literals(sql: str, change: Callable[[str], str]) -> str:
    parts = re.split(r"('[^']*')", sql)
    return "".join(part if part.startswith("'") else change(part) for part in parts)


def check(expectation: Expectation, found: list[Finding]) -> None:
    described = [f"{f.severity} {f.rule}: {f.message}" for f in found]
    worst = next((s for s in SEVERITIES if any(f.severity == s for f in found)), "safe")
    if expectation.severity == "safe":
        assert worst in ("safe", "info"), described
    else:
        assert worst == expectation.severity, described
    missing = set(expectation.rules) - {f.rule for f in found}
    assert not missing, described


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_without_a_catalog(case: Case) -> None:
    check(case.blind, findings(case, version=max(15, case.since)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_lower_case_is_judged_alike(case: Case) -> None:
    version = max(15, case.since)
    shouting = sql_script(outside_literals(case.sql, str.upper), "case.sql")
    quiet = sql_script(outside_literals(case.sql, str.lower), "case.sql")
    upper, lower = (
        [(f.rule, f.severity) for v in judge_scripts([s], pg_version=version) for f in v.findings]
        for s in (shouting, quiet)
    )
    assert upper == lower


def test_the_corpus_covers_every_row_that_sql_can_show() -> None:
    # Row 61 is about a revision's Python, see test_alembic_history.
    assert {case.row for case in CASES} == set(range(1, 63)) - {61}


def test_the_rules_cover_every_row_but_the_safe_one() -> None:
    covered = {row for rule in RULES for row in rule.rows}
    assert covered == set(range(2, 63))
