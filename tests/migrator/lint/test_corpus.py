"""Without a database: every case of the corpus is judged as it says."""

import re
from collections.abc import Callable

import pytest

from migrator.lint.rule import Rule
from migrator.lint.rules import RULES, RULES_BY_ID
from migrator.lint.rules.whole_script import SCRIPT_RULES
from migrator.lint.scripts import judge_scripts
from migrator.project.sql_file import sql_script
from tests.migrator.corpus import Case, cases, check, script, verdict

CASES = cases()


# Literals, and what is the linter's own or psql's and no SQL.
AS_WRITTEN = re.compile(r"('[^']*'|-- migrator: allow .*|\\[a-z].*)")


def reworded(sql: str, change: Callable[[str], str]) -> str:
    parts = AS_WRITTEN.split(sql)
    return "".join(part if AS_WRITTEN.match(part) else change(part) for part in parts)


def looks_at(rule: Rule, case: Case) -> bool:
    """Whether there is something in the case that the rule is asked about."""
    actions = (action for step in script(case).steps for action in step.statement.actions)
    return rule in SCRIPT_RULES or any(isinstance(action, rule.on) for action in actions)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_without_a_catalog(case: Case) -> None:
    check(case, case.blind, verdict(case).findings)


@pytest.mark.parametrize("case", [case for case in CASES if case.sql], ids=lambda case: case.id)
def test_lower_case_is_judged_alike(case: Case) -> None:
    shouting = sql_script(reworded(case.sql, str.upper), "case.sql")
    quiet = sql_script(reworded(case.sql, str.lower), "case.sql")
    upper, lower = (
        [
            (f.rule, f.severity)
            for v in judge_scripts([s], pg_version=case.oldest_server)
            for f in v.findings
        ]
        for s in (shouting, quiet)
    )
    assert upper == lower


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_a_case_that_it_catches_and_one_that_it_lets_pass(rule: Rule) -> None:
    own = [case for case in CASES if case.rule == rule.id]
    assert [case for case in own if case.caught]
    assert [case for case in own if not case.caught and looks_at(rule, case)]


def test_every_case_is_in_the_file_of_a_rule_in_the_folder_of_its_module() -> None:
    for case in CASES:
        assert case.rule in RULES_BY_ID, case.id
        module = RULES_BY_ID[case.rule].check.__module__
        assert case.family == module.rpartition(".")[2], case.id


def test_names_tell_the_cases_apart() -> None:
    assert len({case.id for case in CASES}) == len(CASES)
