"""Comments that acknowledge a finding."""

import pytest

from migrator.lint.histories import judge_history
from migrator.lint.judge import Verdict
from migrator.lint.scripts import judge_scripts
from migrator.project.history_files import read_history
from migrator.project.rendering import render
from migrator.project.sql_file import sql_script
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
    (found,) = judge_history(render(read_history(project.config)), None)
    assert unsafe(found) == ["drop-index", "work-under-lock"]
    assert [entry.finding.rule for entry in found.acknowledged] == ["drop-index", "create-index"]


def test_it_does_not_reach_past_the_next_statement(project: Project) -> None:
    file = project.add(
        "one",
        """
        with op.get_context().autocommit_block():
            # migrator: allow create-index because countries has 200 rows
            op.create_index("small", "countries", ["x"], postgresql_concurrently=True)
            op.create_index("big", "orders", ["n"])
        """,
    )
    (found,) = judge_history(render(read_history(project.config)), None)
    assert unsafe(found) == ["create-index"]
    assert found.acknowledged == ()
    assert "unused-allowance" in [f.rule for f in found.findings]
    text = file.read_text().replace(", postgresql_concurrently=True", "")
    file.write_text(text.replace("countries has", "countries has,\n            # and keeps,"))
    (found,) = judge_history(render(read_history(project.config)), None)
    assert [entry.reason for entry in found.acknowledged] == ["countries has,"]
    assert unsafe(found) == ["create-index"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1; -- migrator: allow drop-table because it is empty\n\nDROP TABLE payments;",
        "SELECT '-- migrator: allow drop-table because it is empty',\n1;\nDROP TABLE payments;",
        "SELECT '\n-- migrator: allow drop-table because it is empty\n';\nDROP TABLE payments;",
    ],
)
def test_what_is_no_comment_before_the_statement_allows_nothing(sql: str) -> None:
    assert unsafe(verdict(sql)) == ["drop-table"]


def test_a_block_comment_allows_too() -> None:
    sql = "/* migrator: allow drop-table because it is empty\n   and unused */ DROP TABLE t;"
    assert unsafe(verdict(sql)) == []
    assert unsafe(verdict(sql.replace("\n   and unused", ""))) == []


ALLOW = "migrator: allow drop-table because it is empty"


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        (f"op.execute('''\n-- {ALLOW}\nDROP TABLE t''')", True),
        (f"op.execute(f'''\n-- {ALLOW}\nDROP TABLE {{'t'}}''')", True),
        (f"# {ALLOW}\n\nop.drop_table(\n    't'\n)", True),
        (f"for t in 'ab':\n    # {ALLOW}\n    pass\nop.drop_table('t')", True),
        (f"""op.execute("SELECT '# {ALLOW}'")\nop.drop_table('t')""", False),
        (f"x = '# {ALLOW}'\nop.drop_table('t')", False),
        (f"""op.execute("SELECT '-- {ALLOW}'"); op.drop_table('t')""", False),
    ],
)
def test_comments_of_revisions(code: str, allowed: bool, project: Project) -> None:
    project.add("one", code)
    (found,) = judge_history(render(read_history(project.config)), None)
    assert ("drop-table" in unsafe(found)) is not allowed


def test_what_no_statement_sends_is_allowed_on_the_next_line_of_code(project: Project) -> None:
    allow = "# migrator: allow opaque because it only reads"
    read = 'op.get_bind().execute(sa.text("SELECT 1")).fetchall()'
    project.add("one", f"{allow}\n\n# really\n{read}")
    project.add("two", f"{allow}\nop.execute('SELECT 2')\n{read}")
    one, two = judge_history(render(read_history(project.config)), None)
    assert (unsafe(one), unsafe(two)) == ([], ["opaque"])
