"""The migrator's list of commands, which is known before their modules are imported."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from migrator.cli import Commands, app
from migrator.command import say, tell
from migrator.lazy_commands import LazyCommand, importing

SLOW = ("alembic", "libcst", "pglast", "psycopg", "sqlalchemy")


def test_the_list_of_commands_imports_none_of_them() -> None:
    program = f"""
import sys
from migrator.cli import app
app(["--help"], prog_name="migrator", standalone_mode=False)
print([name for name in {SLOW} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "backfill" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", Commands.known, ids=lambda command: command.name)
def test_a_command_in_the_list_is_told_as_in_its_own_help(command: LazyCommand) -> None:
    told = command.load().help.partition("\n\n")[0]
    assert " ".join(told.split()) == command.help


@pytest.mark.parametrize("collects", [True, False])
def test_imports_leave_the_collector_as_it_was(collects: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        with importing():
            assert not gc.isenabled()
        assert gc.isenabled() is collects
    finally:
        (gc.enable if before else gc.disable)()


def test_a_commands_own_help_has_its_options() -> None:
    done = CliRunner().invoke(app, ["upgrade", "--help"])
    assert done.exit_code == 0
    assert "--lock-deadline" in done.output


def test_a_mistyped_command_is_told_the_nearest() -> None:
    done = CliRunner().invoke(app, ["stats"])
    assert done.exit_code == 2
    assert "Did you mean 'status'?" in done.output


def test_an_arn_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Rich makes pictures of words between colons."""
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1"
    tell(arn)
    say(arn)
    assert capsys.readouterr() == (f"{arn}\n", f"{arn}\n")
