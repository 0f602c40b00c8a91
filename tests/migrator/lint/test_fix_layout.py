"""`fix` on source that is laid out in other ways: what it writes is Python, and lints clean."""

from pathlib import Path

import pytest

from migrator.lint.fix import fix_revision
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


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"], ids=ascii)
def test_the_positions_of_any_line_ends_are_found(ends: str, project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", SEVERAL)
    file.write_bytes(file.read_bytes().replace(b"\n", ends.encode()))
    written(project, file)
