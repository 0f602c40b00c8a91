"""Every error that a user can meet has one root, and so one way to end a command."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import migrator
from migrator.cli import app
from migrator.errors import MigratorError

# Raised and caught inside one part; no user meets them.
INTERNAL = {
    "migrator.backfill.trial.NoTrialError",
    "migrator.backfill.worker.CursorMovedError",
    "migrator.lint.fix.place.LeftAlone",
    "migrator.rows.circles.OpenCircleError",
    "migrator.rows.insertion.TakenError",
    "migrator.rows.insertion.UnknownTypeError",
}

DONE_AND_FAILED = {
    "migrator.backfill.errors.BackfillBusyError",
    "migrator.backfill.errors.BackfillCancelledError",
    "migrator.backfill.errors.BackfillError",
    "migrator.errors.MigratorError",
    "migrator.runner.advisory_lock.LockedByAnotherError",
    "migrator.runner.errors.RevisionError",
    "migrator.runner.execution.TransactionControlError",
    "migrator.runner.gates.GateError",
    "migrator.runner.journal.HalfAppliedError",
    "migrator.runner.journal.RowsLostError",
    "migrator.runner.lock_wait.LockDeadlineError",
}


def errors() -> dict[str, type[Exception]]:
    found: dict[str, type[Exception]] = {}
    for module in pkgutil.walk_packages(migrator.__path__, "migrator."):
        if module.name == "migrator.__main__":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Exception):
                name = f"{value.__module__}.{value.__qualname__}"
                if name.startswith("migrator."):
                    found[name] = value
    return found


def test_all_errors_but_internal_ones_have_one_root() -> None:
    strangers = {name for name, error in errors().items() if not issubclass(error, MigratorError)}
    assert strangers == INTERNAL


COMMANDS = [
    ["status"],
    ["history"],
    ["upgrade"],
    ["downgrade", "base"],
    ["lint"],
    ["trace"],
    ["rehearse"],
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_history_ends_every_command_alike(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "alembic.ini").write_text(f"[alembic]\nscript_location = {tmp_path}\n")
    (tmp_path / "env.py").write_text("")
    (tmp_path / "versions" / "one.py").write_text("revision = 'one'\ndown_revision = 'gone'\n")
    url = "postgresql://nobody@127.0.0.1:1/nowhere"
    options = ["--config", str(tmp_path / "alembic.ini"), "--database-url", url]
    result = CliRunner().invoke(app, [*options, *command])
    assert result.exit_code == 2
    assert "one.py: down_revision 'gone' is not in" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("command", [*COMMANDS, ["backfill", "list"], ["snapshot", "file.json"]])
def test_a_project_or_database_that_is_not_there_is_nothing_begun(
    tmp_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = "postgresql://nobody@127.0.0.1:1/nowhere"
    result = CliRunner().invoke(app, ["-c", "nowhere.ini", "--database-url", url, *command])
    assert result.exit_code == 2
    assert "error: " in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", sorted(set(errors()) - INTERNAL))
def test_an_error_of_what_was_given_ends_with_2_and_one_of_what_was_done_with_1(name: str) -> None:
    error = errors()[name]
    assert issubclass(error, MigratorError)
    assert error.exit_code == (1 if name in DONE_AND_FAILED else 2)
