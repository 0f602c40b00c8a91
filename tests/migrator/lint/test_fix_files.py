"""`fix` and the bytes on disk: encodings, marks, line ends; and what its loading costs."""

import subprocess
import sys
from codecs import BOM_UTF8
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrator.cli import app
from migrator.lint.fix.outcome import FixError
from tests.migrator.lint.conftest import Project
from tests.migrator.lint.test_fix import BASE
from tests.migrator.lint.test_fix_odd_revisions import HEAD, INDEX, fixed

ENCODINGS = {
    "latin-1": ("é", r"\"é\""),
    "cp1252": ("€", r"\"€\""),
    "shift_jis": ("表", r"\"表\""),
    # Not to be written in that encoding.
    "iso-8859-15": (r"\U0001f600", r"'CREATE INDEX CONCURRENTLY \"\U0001f600\""),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_declared_encoding_is_kept(encoding: str, project: Project) -> None:
    name, expected = ENCODINGS[encoding]
    statement = f"op.execute('CREATE INDEX \"{name}\" ON people (email)')"
    text = f"# -*- coding: {encoding} -*-\n{HEAD}\ndef upgrade():\n    {statement}\n"
    outcome = fixed(project, text, encoding)
    assert outcome.left == ()
    assert expected.replace('\\"', '"') in outcome.after.code.replace('\\"', '"')
    assert Path(outcome.file).read_text(encoding=encoding) == outcome.after.code


def test_lines_that_the_parser_would_lose_are_refused(project: Project) -> None:
    with pytest.raises(FixError, match="the blank lines at its end"):
        fixed(project, f"{HEAD}\ndef upgrade():\n    {INDEX}\n\n\n   \n")


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=ascii)
def test_the_printed_difference_applies_to_a_marked_file(ends: bytes, project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", INDEX)
    text = f"from alembic import op\ndef upgrade():\n    {INDEX}\n{HEAD}".encode()
    file.write_bytes(BOM_UTF8 + text.replace(b"\n", ends))
    result = CliRunner().invoke(app, ["-c", str(project.config), "fix", str(file)])
    assert "nothing was changed" in result.stderr
    subprocess.run(["git", "apply"], input=result.stdout_bytes, cwd=file.root, check=True)
    after = file.read_bytes()
    assert b"postgresql_concurrently=True" in after
    assert after.startswith(BOM_UTF8)
    assert after.count(ends) == after.count(b"\n")


def test_a_folder_that_cannot_be_written_is_said(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", INDEX)
    (file.parent / ".change.py.new").mkdir()  # also root cannot write to it
    result = CliRunner().invoke(app, ["-c", str(project.config), "fix", str(file), "--write"])
    assert result.exit_code == 2
    assert "change.py cannot be written: Is a directory; nothing was changed" in result.stderr


LOADED = """
import sys
from typer.testing import CliRunner
from migrator.cli import app

assert CliRunner().invoke(app, ["--help"]).exit_code == 0
result = CliRunner().invoke(app, ["-c", sys.argv[1], "lint", "base:heads"])
assert result.exit_code == 1, result.output
assert "libcst" not in sys.modules
CliRunner().invoke(app, ["-c", sys.argv[1], "fix", sys.argv[2]])
assert "libcst" in sys.modules
"""


def test_libcst_is_loaded_for_fix_alone(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", INDEX)
    subprocess.run([sys.executable, "-c", LOADED, project.config, file], check=True)
