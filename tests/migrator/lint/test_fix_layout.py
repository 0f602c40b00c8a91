"""`fix` on source that is laid out in other ways: what it writes is Python, and lints clean."""

import subprocess
import textwrap
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrator.cli import app
from migrator.lint.fix.outcome import FixError
from migrator.lint.fix.revision import fix_revision
from tests.migrator.lint.conftest import Project
from tests.migrator.lint.test_fix import BASE, judge

VERSION = 150000
INDEX = 'op.create_index("people_email_idx", "people", ["email"])'
UNIQUE = 'op.create_unique_constraint("people_email_key", "people", ["email"])'
BLOCK = "with op.get_context().autocommit_block():"
SEVERAL = """
op.create_index(
    "people_email_idx",
    "people",
    ["email"],
)
op.create_foreign_key("people_parent", "people", "parents", ["parent_id"], ["id"])
op.alter_column("people", "email", nullable=False)
op.execute('''CREATE INDEX people_id_idx
    ON people (id)''')
"""


def written(project: Project, file: Path) -> str:
    """The text after `fix --write`, which must be clean."""
    outcome = fix_revision(judge(project, file, VERSION), version=VERSION)
    assert outcome.left == ()
    outcome.write()
    findings = judge(project, file, VERSION).findings
    assert [f.message for f in findings if f.severity != "info"] == []
    return file.read_text()


SHARED_LINES = {
    "two on a line": f"{INDEX}; {UNIQUE}",
    "behind another": f"x = 1; {INDEX}",
    "before another": f"{INDEX}; x = 1",
    "a continued line": f"x = 1; \\\n    {INDEX}",
    "a continued block": f"{BLOCK} \\\n    {UNIQUE}",
    "a block on one line": f"{BLOCK} {UNIQUE}",
}


@pytest.mark.parametrize("case", SHARED_LINES)
def test_a_statement_that_shares_its_lines_is_left_alone(case: str, project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", SHARED_LINES[case])
    outcome = fix_revision(judge(project, file, VERSION), version=VERSION)
    assert outcome.diff() == ""
    assert outcome.left


def test_an_upgrade_on_one_line_is_left_alone(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", INDEX)
    file.write_text(file.read_text().replace(f"None:\n    {INDEX}", f"None: {INDEX}"))
    outcome = fix_revision(judge(project, file, VERSION), version=VERSION)
    assert outcome.diff() == ""
    assert outcome.left


@pytest.mark.parametrize("call", [f"({INDEX})", f"(\n    {INDEX}\n)"])
def test_a_statement_in_parentheses_keeps_them(call: str, project: Project) -> None:
    project.add("start", BASE)
    after = textwrap.indent(call.replace(")", ", postgresql_concurrently=True)", 1), " " * 8)
    assert after in written(project, project.add("change", call))


def test_a_comment_behind_the_statement_stays(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", f"{INDEX}  # looked up at login")
    assert "postgresql_concurrently=True)  # looked up at login\n" in written(project, file)


def test_a_semicolon_stays_before_its_comment(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", f"{UNIQUE};  # one account")
    assert "postgresql_concurrently=True);  # one account\n" in written(project, file)


def test_a_file_with_tabs_keeps_to_tabs(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", SEVERAL)
    file.write_text(file.read_text().replace("    ", "\t"))
    lines = written(project, file).splitlines()
    assert f"\t{BLOCK}" in lines
    assert "\t\t\tpostgresql_concurrently=True," in lines
    assert [line for line in lines if line.startswith((" ", "\t "))] == []


def test_an_empty_line_in_a_call_stays_empty(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", 'op.create_index(\n    "i",\n\n    "people", ["email"]\n)')
    text = written(project, file)
    assert [line for line in text.splitlines() if line != line.rstrip()] == []


# Each ends a line for str.splitlines, but not for Python.
SEPARATORS = {"form feed": "\x0c", "U+2028": "\u2028", "next line": "\x85", "FS": "\x1c"}


@pytest.mark.parametrize("name", SEPARATORS)
def test_only_what_python_takes_for_a_line_counts(name: str, project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", SEVERAL)
    before = file.read_text()
    comment = f"# one{SEPARATORS[name]} two{SEPARATORS[name]}\n"
    file.write_text(comment + before)
    after = written(project, file)
    file.write_text(before)
    assert after == comment + written(project, file)


# At a form feed Python counts columns anew, and LibCST goes on.
FORM_FEEDS = {
    "all of a block": f"\x0c    {INDEX}",
    "first in a block": f"\x0c    x = 1\n    {INDEX}",
}


@pytest.mark.parametrize("case", FORM_FEEDS)
def test_what_the_parser_does_not_read_as_python_is_refused(case: str, project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", INDEX)
    file.write_text(file.read_text().replace(f"    {INDEX}", FORM_FEEDS[case]))
    before = file.read_bytes()
    with pytest.raises(FixError, match=r"change\.py: LibCST"):
        fix_revision(judge(project, file, VERSION), version=VERSION)

    command = ["-c", str(project.config), "fix", str(file), "--write"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert "nothing was changed" in result.stderr
    assert file.read_bytes() == before


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=ascii)
def test_the_positions_of_any_line_ends_are_found(ends: str, project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", SEVERAL)
    file.write_bytes(file.read_bytes().replace(b"\n", ends.encode()))
    written(project, file)


ARGUMENTS = {
    "a comment behind the last": '"i", "people", ["email"]  # the column',
    "a comment behind a comma": '"i", "people", ["email"],  # the column',
    "a comment on its own": '"i", "people", ["email"]\n    # the column, and no other,',
    "a comment before what goes": '"i", "people", ["email"],  # the column\n    if_not_exists=True',
    "what goes is first": 'if_not_exists=True,  # again\n    index_name="i", table_name="people",'
    ' columns=["email"]',
    "the same twice": '"i", "people", ["email"],  # the column\n'
    "    postgresql_concurrently=False, if_not_exists=True",
    "a comment before the comma of what goes": '"i", "people", ["email"],\n'
    "    if_not_exists=True  # again\n    , unique=False",
    "parentheses around the last": '"i", "people", (["email"])',
    "letters of several bytes": '"i", "people", ["email"]  # où, 列',
}


@pytest.mark.parametrize("ending", ["\n)", ",\n)", "\n    # no more\n)"], ids=ascii)
@pytest.mark.parametrize("case", ARGUMENTS)
def test_an_argument_is_added_behind_the_last(case: str, ending: str, project: Project) -> None:
    project.add("start", BASE)
    call = f"op.create_index(\n    {ARGUMENTS[case]}{ending}"
    text = written(project, project.add("change", call))
    assert text.count("postgresql_concurrently=True") == 1
    assert "if_not_exists" not in text
    comments = [line.partition("#")[2] for line in call.splitlines() if "#" in line]
    assert all(f"#{comment}\n" in text for comment in comments)


@pytest.mark.parametrize("ending", ["", ","])
def test_an_argument_that_goes_leaves_the_comment_before(ending: str, project: Project) -> None:
    project.add("start", BASE)
    text = written(
        project,
        project.add(
            "change",
            f"""
            with op.get_context().autocommit_block():
                op.create_index(
                    "i",
                    "people",
                    ["email"],
                    postgresql_concurrently=True,  # no lock
                    if_not_exists=True{ending}
                )
            """,
        ),
    )
    assert "            postgresql_concurrently=True,  # no lock\n        )\n" in text


@pytest.mark.parametrize("ending", [")", ",)", ", )", ", if_not_exists=True)"])
def test_an_argument_is_added_on_the_same_line(ending: str, project: Project) -> None:
    project.add("start", BASE)
    call = 'op.create_index("i", "people", ["email"]'
    text = written(project, project.add("change", call + ending))
    assert f"{call}, postgresql_concurrently=True" in text


STRINGS = {"a backslash": "\"email <> 'a\\\nb'\"", "quotes": '"""email <> \'a\nb\'"""'}


@pytest.mark.parametrize("name", STRINGS)
def test_a_string_on_several_lines_stays_as_it_is(name: str, project: Project) -> None:
    project.add("start", BASE)
    where = f"postgresql_where=sa.text({STRINGS[name]})"
    file = project.add("change", "WHERE")
    call = f'op.create_index("i", "people", ["email"], {where})'
    file.write_text(file.read_text().replace("WHERE", call))
    assert f"{where}, postgresql_concurrently=True)\n" in written(project, file)


BEFORE_THE_DIFFERENCE = {
    "as it is": lambda text: text,
    "tabs": lambda text: text.replace("    ", "\t"),
    "form feeds": lambda text: text.replace("\n\n", "\n\x0c\n"),
    "no line end at the end": lambda text: text.rstrip("\n").rpartition("\n\ndef")[0],
}


@pytest.mark.parametrize("case", BEFORE_THE_DIFFERENCE)
def test_the_printed_difference_can_be_applied(case: str, project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", SEVERAL)
    file.write_text(BEFORE_THE_DIFFERENCE[case](file.read_text()))
    command = ["-c", str(project.config), "fix", str(file)]
    diff = CliRunner().invoke(app, command).stdout
    subprocess.run(["git", "apply"], input=diff.encode(), cwd=file.root, check=True)
    outcome = fix_revision(judge(project, file, VERSION), version=VERSION)
    assert outcome.diff() == ""
    assert outcome.left == ()


def test_the_difference_names_the_file(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.add("start", BASE)
    file = project.add("change", INDEX)
    outcome = fix_revision(judge(project, file, VERSION), version=VERSION)
    assert outcome.diff().startswith(f"--- a{file}\n+++ b{file}\n")
    monkeypatch.chdir(project.folder)
    outcome = fix_revision(judge(project, file, VERSION), version=VERSION)
    assert outcome.diff().startswith("--- a/versions/change.py\n+++ b/versions/change.py\n")
