"""The formats of a report."""

import io
import json
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from migrator.lint.output.github import github_report
from migrator.lint.output.json_report import json_report
from migrator.lint.output.markdown import markdown_report
from migrator.lint.output.sarif import sarif_report
from migrator.lint.output.text import print_text
from migrator.lint.scripts import judge_scripts
from migrator.lint.summary_counts import Totals, totals
from migrator.project.sql_file import sql_script

SQL = """\
ALTER TABLE users
    ADD COLUMN region text NOT NULL;
-- migrator: allow drop-index because it is unused, 100% | sure
DROP INDEX i;
CREATE INDEX j ON users (region);
"""


@pytest.fixture
def report() -> Totals:
    verdicts = judge_scripts([sql_script(SQL, "db/file 1.sql")])
    return totals(verdicts, pg_version=150000, knowledge="PostgreSQL 15")


def test_json_has_exactly_the_documented_fields(report: Totals) -> None:
    document = json.loads(json_report(report))
    assert set(document) == {"findings", "summary"}
    fields = {
        *("file", "line", "revision", "statement", "rule", "kind", "severity"),
        *("locks", "message", "safe_form"),
    }
    assert all(set(finding) == fields for finding in document["findings"])
    first = next(f for f in document["findings"] if f["rule"] == "add-column-required")
    assert first["statement"] == 0
    assert first["line"] == 1
    assert first["locks"] == [{"relation": "users", "mode": "ACCESS EXCLUSIVE"}]
    summary = document["summary"]
    assert (summary["lock"], summary["compatibility"]) == ("unsafe", "unsafe")
    assert summary["unsafe"] == 2
    assert summary["acknowledged"] == [
        {
            "file": "db/file 1.sql",
            "line": 4,
            "rule": "drop-index",
            "because": "it is unused, 100% | sure",
        }
    ]


def test_github_commands_escape_what_would_end_them(report: Totals) -> None:
    lines = github_report(report).splitlines()
    assert len(lines) == len(report.findings)
    pattern = re.compile(r"::(error|warning|notice) file=[^,:]+,line=\d+,title=[^,:]+::.+")
    assert all(pattern.fullmatch(line) for line in lines), lines
    assert sum(line.startswith("::error ") for line in lines) == 2


def test_sarif_refers_to_its_own_rules(report: Totals) -> None:
    document = json.loads(sarif_report(report))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids))
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "db/file%201.sql"
        assert place["region"]["startLine"] >= 1


def test_markdown_keeps_its_table(report: Totals) -> None:
    text = markdown_report(report)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) == len(report.findings)
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 6 for row in rows)
    assert "CREATE INDEX CONCURRENTLY j ON users (region);" in text
    assert "it is unused" in text


def test_text_shows_statement_finding_and_safe_form(report: Totals) -> None:
    console = Console(file=io.StringIO(), width=200)
    print_text(report, console)
    text = console.file.getvalue()  # pyright: ignore[reportAttributeAccessIssue]
    assert "CREATE INDEX j ON users (region)" in text
    assert "unsafe create-index lock" in text
    assert "CREATE INDEX CONCURRENTLY j ON users (region);" in text
    assert "drop-index is allowed: it is unused" in text


def test_colours_only_where_a_terminal_is(report: Totals) -> None:
    plain, coloured = io.StringIO(), io.StringIO()
    print_text(report, Console(file=plain))
    # Whatever TERM the tests run under.
    print_text(report, Console(file=coloured, force_terminal=True, color_system="standard"))
    assert "\x1b[" not in plain.getvalue()
    assert "\x1b[" in coloured.getvalue()


def test_the_lines_of_a_safe_form_are_whole_however_narrow_the_screen() -> None:
    check = "note <> '" + "long " * 30 + "'"
    verdicts = judge_scripts([sql_script(f"ALTER TABLE users ADD CHECK ({check});", "one.sql")])
    screen = io.StringIO()
    found = totals(verdicts, pg_version=150000, knowledge="")
    print_text(found, Console(file=screen, width=40))
    (finding,) = [f for f in verdicts[0].findings if f.rule == "add-check"]
    lines = [line.strip() for line in screen.getvalue().splitlines()]
    assert all(line.strip() in lines for line in (finding.safe_form or "").splitlines())


def test_markdown_shows_every_safe_form_of_a_rule() -> None:
    verdicts = judge_scripts([sql_script('DROP INDEX i; DROP INDEX "a|b";', "one.sql")])
    written = markdown_report(totals(verdicts, pg_version=150000, knowledge=""))
    assert "CONCURRENTLY IF EXISTS i;" in written
    assert 'CONCURRENTLY IF EXISTS "a|b";' in written
    assert all(line.count(" | ") == 4 for line in written.splitlines() if line.startswith("| "))


def printed(report: Totals) -> str:
    screen = io.StringIO()
    print_text(report, Console(file=screen, width=200))
    return screen.getvalue()


@pytest.mark.parametrize("render", [github_report, markdown_report, printed])
def test_no_character_of_a_name_commands_the_terminal(render: Callable[[Totals], str]) -> None:
    sql = (
        "-- migrator: allow drop-table because \x1b[2J\n"
        'DROP TABLE "a\x1b]0;b\x07";\nALTER TABLE "t\u202ex" DROP COLUMN "\x7f\x9b";'
    )
    verdicts = judge_scripts([sql_script(sql, "a\x1b.sql")])
    text = render(totals(verdicts, pg_version=150000, knowledge="PostgreSQL 15"))
    assert "\\x1b]0;b\\x07" in text
    assert not {*"\x00\x07\x1b\x7f\x9b\u202e"} & {*text}
