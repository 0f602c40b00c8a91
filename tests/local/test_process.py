"""Detached processes: found, told apart, stopped."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from local.services.process import Process, wait_ended

SERVE = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit()); "
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
SLEEP = "print('ready', flush=True); time.sleep(300)"


def process(folder: Path, script: str = SERVE) -> Process:
    """A Python process that belongs to `folder`."""
    return Process(
        name="sleeper",
        command=(sys.executable, "-c", script + SLEEP, str(folder)),
        pid_file=folder / "run" / "sleeper.pid",
        log=folder / "logs" / "sleeper.log",
    )


def started(folder: Path, script: str = SERVE) -> Process:
    """A process whose script has begun."""
    sleeper = process(folder, script)
    sleeper.start()
    while "ready" not in sleeper.last_lines():
        time.sleep(0.01)
    return sleeper


def test_it_is_found_by_another_command_and_stopped(tmp_path: Path) -> None:
    first = started(tmp_path)
    second = process(tmp_path)
    found = second.find()
    assert found is not None
    assert second.runs_as_wanted()
    assert second.stop()
    assert not wait_ended([found], 0)
    assert first.find() is None
    assert not second.stop()


def test_one_that_ignores_the_request_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.services.process.STOP_SECONDS", 0.2)
    sleeper = started(tmp_path, STUBBORN)
    assert sleeper.stop()
    assert sleeper.find() is None


def test_one_that_ends_by_itself_meanwhile_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = started(tmp_path)
    found = sleeper.find()
    assert found is not None
    found.kill()
    found.wait()
    monkeypatch.setattr(Process, "find", lambda _self: found)
    sleeper.ask_to_stop()
    assert sleeper.stop()
    assert not sleeper.pid_file.exists()


def test_a_pid_that_went_to_another_program_is_not_ours(tmp_path: Path) -> None:
    sleeper = process(tmp_path)
    sleeper.pid_file.parent.mkdir()
    sleeper.pid_file.write_text(str(os.getpid()))
    assert sleeper.find() is None
    assert not sleeper.stop()
    assert psutil.pid_exists(os.getpid())


def test_the_same_program_of_another_folder_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = started(tmp_path / "one")
    two = process(tmp_path / "two")
    try:
        two.pid_file.parent.mkdir()
        two.pid_file.write_text(one.pid_file.read_text())
        assert two.find() is None
    finally:
        one.stop()


def test_a_changed_argument_is_seen(tmp_path: Path) -> None:
    sleeper = started(tmp_path)
    try:
        changed = process(tmp_path, SERVE + "1; ")
        assert changed.find() is not None
        assert not changed.runs_as_wanted()
    finally:
        sleeper.stop()
