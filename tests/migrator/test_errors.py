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


@pytest.mark.parametrize(
    "command", [["status"], ["history"], ["lint"], ["trace"], ["rehearse"], ["upgrade"]]
)
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
