"""The command as a user starts and ends it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from migrator.cli import app
from migrator.rehearse.scratch_folder import scratch_folder
from tests.migrator.runner.alembic_project import make_project


def test_a_message_may_look_like_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # xdist sets COLUMNS before the module is imported, and its console keeps that width.
    monkeypatch.setattr("migrator.rehearse.cli.console", Console(width=200))
    project = make_project(tmp_path / "project")
    project.add("create", "SELECT 1")
    project.replace("create", "step create", "api: drop [/users] route [red]")
    answer = CliRunner().invoke(
        app, ["-c", str(project.config), "rehearse"], env={"COLUMNS": "200"}
    )
    assert answer.exit_code == 0, answer.output
    assert "rehearsing create (api: drop [/users] route [red])" in answer.stderr
    assert "api: drop [/users] route [red]" in answer.stdout


def folders_of(place: Path) -> list[Path]:
    return list(place.glob("groundwork-rehearsal-*"))


def start_and_end(config: Path, place: Path, number: signal.Signals) -> tuple[int, int]:
    """Ends a rehearsal amid a revision; its exit code and its server's process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "migrator", "-c", str(config), "rehearse"],
        env={**os.environ, "TMPDIR": str(place)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "rehearsing" in process.stderr.readline()
    (folder,) = folders_of(place)
    server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    process.send_signal(number)
    process.communicate(timeout=60)
    return process.returncode, server


def is_gone(pid: int) -> bool:
    """Also true for a zombie, which its new parent has yet to bury."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_a_terminated_rehearsal_leaves_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    project.add("waits", "SELECT pg_sleep(120)")
    place = tmp_path / "tmp"
    place.mkdir()
    code, server = start_and_end(project.config, place, signal.SIGTERM)
    assert code == 143
    assert folders_of(place) == []
    assert is_gone(server)


def test_what_a_killed_rehearsal_leaves_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path / "project")
    project.add("waits", "SELECT pg_sleep(120)")
    place = tmp_path / "tmp"
    place.mkdir()
    _, server = start_and_end(project.config, place, signal.SIGKILL)
    (left,) = folders_of(place)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with scratch_folder() as folder, scratch_folder():
        assert not left.exists()
        assert is_gone(server)
        assert folder.exists()
    assert folders_of(place) == []
