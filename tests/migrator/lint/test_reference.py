"""The reference page is what the rules say, and every rule can fill its safe form."""

from migrator.lint.rule import Hit
from migrator.lint.rules import RULES, RULES_BY_ID
from tools.lint_reference import PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "run `python -m tools.lint_reference`"


def test_ids_are_unique_and_safe_forms_are_templates() -> None:
    assert len(RULES_BY_ID) == len(RULES)
    for rule in RULES:
        assert rule.filled(Hit(severity="info", message="")), rule.id
