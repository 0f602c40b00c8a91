"""Comments that acknowledge a finding."""

import pytest

from migrator.lint.judge import Verdict
from migrator.lint.library import judge_history, judge_scripts
from migrator.lint.sources.alembic_history import load_history
from migrator.lint.sources.sql_file import sql_script
from tests.migrator.lint.conftest import Project


def verdict(sql: str) -> Verdict:
    return judge_scripts([sql_script(sql, "file.sql")])[0]


def unsafe(found: Verdict) -> list[str]:
    return [f.rule for f in found.findings if f.severity == "unsafe"]


def test_a_reason_acknowledges_the_next_finding() -> None:
    found = verdict("-- migrator: allow drop-index because nobody reads it\nDROP INDEX i;")
    assert unsafe(found) == []
    (entry,) = found.acknowledged
    assert (entry.finding.rule, entry.reason) == ("drop-index", "nobody reads it")


def test_it_acknowledges_one_finding_only() -> None:
    found = verdict(
        "-- migrator: allow drop-index because it is small\nDROP INDEX i;\nDROP INDEX j;"
    )
    assert unsafe(found) == ["drop-index"]
    assert [f.line for f in found.findings if f.severity == "unsafe"] == [3]


def test_it_may_stand_behind_the_statement() -> None:
    found = verdict("DROP INDEX i;\nDROP INDEX j; -- migrator: allow drop-index because small")
    assert [f.line for f in found.findings if f.severity == "unsafe"] == [1]


def test_an_unused_allowance_is_a_finding() -> None:
    found = verdict("-- migrator: allow drop-table because of the move\nSELECT 1;")
    assert [(f.rule, f.line, f.severity) for f in found.findings] == [
        ("unused-allowance", 1, "caution")
    ]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("allow drop-indx because small", "did you mean 'drop-index'"),
        ("allow drop-index", "because REASON"),
        ("allow drop-index because", "because REASON"),
        ("allow", "because REASON"),
    ],
)
def test_an_allowance_that_cannot_be_understood_is_an_error(comment: str, message: str) -> None:
    found = verdict(f"-- migrator: {comment}\nDROP INDEX i;")
    assert sorted(unsafe(found)) == ["drop-index", "invalid-allowance"]
    (fault,) = [f for f in found.findings if f.rule == "invalid-allowance"]
    assert message in fault.message


def test_in_a_revision(project: Project) -> None:
    project.add(
        "one",
        """
        op.drop_index("i", table_name="t")
        # migrator: allow drop-index because the table is empty in every stage
        op.drop_index("j", table_name="t")
        op.create_index(
            "k",
            "t",
            ["a"],  # migrator: allow create-index because the table is empty in every stage
        )
        """,
    )
    (found,) = judge_history(load_history(project.config), None)
    assert unsafe(found) == ["drop-index", "work-under-lock"]
    assert [entry.finding.rule for entry in found.acknowledged] == ["drop-index", "create-index"]
