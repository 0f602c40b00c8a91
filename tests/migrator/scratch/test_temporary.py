"""A command's server ends with it, however that ends."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from migrator.scratch import temporary_server
from tests.migrator.runner.alembic_project import make_project

SLEEP = "SELECT pg_sleep(120)"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of these tests' own."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(params=["rehearse", "trace"])
def command(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """A command that works for two minutes once its server runs."""
    python = [sys.executable, "-m", "migrator"]
    if request.param == "rehearse":
        project = make_project(tmp_path / "project")
        project.add("waits", SLEEP)
        return [*python, "-c", str(project.config), "rehearse"]
    file = tmp_path / "change.sql"
    file.write_text(f"{SLEEP};\n")
    return [*python, "trace", "--sql", str(file)]


def end(command: list[str], place: Path, number: signal.Signals) -> tuple[int, psutil.Process]:
    """Ends the command amid its work; its exit code and its server."""
    process = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(place)})
    deadline = time.monotonic() + 60
    while (server := server_at_work(place)) is None:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    return process.wait(60), server


def server_at_work(place: Path) -> psutil.Process | None:
    """The server below the folder, once it accepts connections."""
    for file in place.glob("*/data/postmaster.pid"):
        lines = file.read_text().splitlines()
        if len(lines) > 7 and lines[7].strip() == "ready":
            return psutil.Process(int(lines[0]))
    return None


def is_gone(server: psutil.Process) -> bool:
    """Also true for a zombie, which its new parent has yet to bury."""
    for _ in range(100):
        if not server.is_running() or server.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_a_terminated_command_leaves_nothing(command: list[str], place: Path) -> None:
    code, server = end(command, place, signal.SIGTERM)
    assert code == 143
    assert list(place.iterdir()) == []
    assert is_gone(server)


def test_what_a_killed_command_leaves_goes_with_the_next(command: list[str], place: Path) -> None:
    _, server = end(command, place, signal.SIGKILL)
    (left,) = place.iterdir()
    with temporary_server():
        assert not left.exists()
        assert is_gone(server)
    assert list(place.iterdir()) == []


def test_a_command_at_work_keeps_its_server(place: Path) -> None:
    with temporary_server() as first:
        with temporary_server():
            assert len(list(place.iterdir())) == 2
        assert first.pid is not None
    assert list(place.iterdir()) == []
