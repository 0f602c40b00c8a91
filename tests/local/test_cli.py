"""What a command says where something is missing or wrong: a sentence, and no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local import cli_platform
from local.paths import REPOSITORY, Paths
from local.screen import Screen
from local.services.platform import PORTS
from local.services.process import Process
from local.toolchain.toolchain import Toolchain


def local(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m local` with a home folder."""
    return subprocess.run(
        [sys.executable, "-m", "local", *words],
        cwd=REPOSITORY,
        env={**os.environ, "GROUNDWORK_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("below", ["", "folder"])
def test_a_home_that_cannot_be_made_is_named(below: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    result = local(file / below, "down")
    assert result.returncode == 1
    assert result.stderr.startswith(f"error: {file / below} cannot be used")
    assert "set GROUNDWORK_HOME" in result.stderr


def test_an_encoding_without_a_character_is_no_error(tmp_path: Path) -> None:
    result = local(tmp_path / "Größe…", "clean", PYTHONIOENCODING="ascii", COLUMNS="300")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Gr??e? is deleted" in result.stdout


def test_the_status_of_a_platform_on_which_nothing_was_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = Paths(home=tmp_path / "home", cache=tmp_path / "cache")
    paths.run.mkdir(parents=True)
    ports = {name: number for number, name in enumerate(PORTS, start=1)}
    (paths.run / "ports.json").write_text(json.dumps(ports))
    ended = "kube-apiserver"  # this is what the first `up` failed on
    monkeypatch.setattr(
        Process, "find", lambda process: None if process.name == ended else psutil.Process()
    )
    none = Path("/none")
    toolchain = Toolchain(
        pulumi=none,
        language_scripts=none,
        kubernetes_plugin=none,
        etcd=none,
        apiserver=none,
        controller_manager=none,
        kubectl=none,
        charts=none,
    )
    monkeypatch.setattr("local.toolchain.toolchain.prepare", lambda *_: toolchain)
    assert cli_platform.status(paths, Screen()) == 1
    said = capsys.readouterr().out
    assert "does not run" in said
    assert said.endswith("\nstack local: not deployed yet\n")
