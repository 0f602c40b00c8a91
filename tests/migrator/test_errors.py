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
    "migrator.project.limits.BrokenLimitError",
    "migrator.project.replaying._StoppedError",
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
    "migrator.runner.execution.UnsendableError",
    "migrator.runner.gates.GateError",
    "migrator.runner.journal.HalfAppliedError",
    "migrator.runner.journal.RowsLostError",
    "migrator.runner.lock_wait.LockDeadlineError",
    "migrator.runner.second_connection.SecondConnectionError",
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
@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("revision = 'one'\ndown_revision = 'gone'", "one.py: down_revision 'gone' is not in"),
        ("revision = 'one'\ndepends_on = 'gone'", "one.py: depends_on 'gone' is not in"),
        ("revision = 1", "one.py: revision, down_revision or depends_on is no text: TypeError"),
    ],
)
def test_a_broken_history_ends_every_command_alike(
    tmp_path: Path, command: list[str], head: str, message: str
) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "alembic.ini").write_text(f"[alembic]\nscript_location = {tmp_path}\n")
    (tmp_path / "env.py").write_text("")
    (tmp_path / "versions" / "one.py").write_text(f"down_revision = None\n{head}\n")
    url = "postgresql://nobody@127.0.0.1:1/nowhere"
    options = ["--config", str(tmp_path / "alembic.ini"), "--database-url", url]
    result = CliRunner().invoke(app, [*options, *command])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
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


EVERY_COMMAND = [*COMMANDS, ["backfill", "list"], ["fix", "one.py"]]


@pytest.mark.parametrize("command", EVERY_COMMAND)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("script_location = x", "bad.ini:1: a section, such as [alembic], has to come before"),
        ("[alembic]\nscript_location = x\nsecret s3cr3t", "bad.ini:3: this line is no `name ="),
        ("[alembic]\n[alembic]", "bad.ini:2: [alembic] is there twice"),
        ("[alembic]\n", "bad.ini: [alembic] script_location is missing"),
    ],
)
def test_a_faulty_alembic_ini_is_named_with_its_line(
    tmp_path: Path,
    command: list[str],
    content: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "bad.ini").write_text(content)
    (tmp_path / "one.py").write_text("")
    result = CliRunner().invoke(app, ["-c", "bad.ini", *command])
    assert (result.exit_code, result.exception.__class__) == (2, SystemExit)
    assert message in " ".join(result.stderr.split())
    assert "s3cr3t" not in result.output


RUN_ONLINE = """
from alembic import context
from migrator.runner.environment import run_online
run_online(context, context.config.attributes.get("connection"))
"""


@pytest.mark.parametrize("command", [["status"], ["upgrade"], ["downgrade", "base"]])
@pytest.mark.parametrize(
    ("env", "message"),
    [
        (RUN_ONLINE, "no database named: give --database-url"),
        ("raise SystemExit('no database')", "env.py or a revision ended the process: no database"),
        ("\nimport nothing_of_that_name", "env.py:2: ModuleNotFoundError: No module named"),
    ],
)
def test_an_env_file_that_cannot_connect_says_why(
    tmp_path: Path, command: list[str], env: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "versions").mkdir()
    (tmp_path / "alembic.ini").write_text(f"[alembic]\nscript_location = {tmp_path}\n")
    (tmp_path / "env.py").write_text(env)
    result = CliRunner().invoke(app, ["--config", str(tmp_path / "alembic.ini"), *command])
    assert (result.exit_code, result.exception.__class__) == (2, SystemExit)
    assert message in " ".join(result.stderr.split())


def test_a_report_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "report.html"
    result = CliRunner().invoke(app, ["rehearse", "-o", str(file)])
    assert result.exit_code == 2
    assert f"--output: {file} cannot be written" in " ".join(result.stderr.split())


def test_an_option_out_of_range_is_named() -> None:
    result = CliRunner().invoke(app, ["upgrade", "--wait", "-5"])
    assert result.exit_code == 2
    assert "--wait: -5.0 cannot be used" in result.stderr


@pytest.mark.parametrize("name", sorted(set(errors()) - INTERNAL))
def test_an_error_of_what_was_given_ends_with_2_and_one_of_what_was_done_with_1(name: str) -> None:
    error = errors()[name]
    assert issubclass(error, MigratorError)
    assert error.exit_code == (1 if name in DONE_AND_FAILED else 2)
