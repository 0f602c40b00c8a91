"""The command as a user starts it."""

from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from migrator.cli import app
from tests.migrator.runner.alembic_project import make_project


def test_a_message_may_look_like_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # xdist sets COLUMNS before the module is imported, and its console keeps that width.
    monkeypatch.setattr("migrator.rehearse.cli.out", Console(width=200))
    project = make_project(tmp_path / "project")
    project.add("create", "SELECT 1")
    project.replace("create", "step create", "api: drop [/users] route [red]")
    answer = CliRunner().invoke(
        app, ["-c", str(project.config), "rehearse"], env={"COLUMNS": "200"}
    )
    assert answer.exit_code == 0, answer.output
    assert "rehearsing create (api: drop [/users] route [red])" in answer.stderr
    assert "api: drop [/users] route [red]" in answer.stdout
