"""The `pulumi` of the sourced shell: which project it works on, and what it refuses."""

import json
import os
import subprocess
from pathlib import Path

import psutil
import pytest

from local import cli_platform
from local.engine import shell
from local.failure import LocalError
from local.paths import Paths
from local.services.platform import PORTS
from local.services.process import Process

# They show what they were given.
CLI = '#!/bin/sh\necho "cli ${PULUMI_CONFIG_PASSPHRASE_FILE-no passphrase}" "$@"\n'
PYTHON = '#!/bin/sh\necho python "$@"\n'


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A checkout with the shell's programs, a CLI and a Python in it."""
    repository = tmp_path / "checkout"
    paths = Paths(home=repository / ".local", cache=tmp_path / "cache", repository=repository)
    paths.python.parent.mkdir(parents=True)
    for file, content in ((paths.python, PYTHON), (tmp_path / "cli", CLI)):
        file.write_text(content)
        file.chmod(0o755)
    shell.write_programs(paths, tmp_path / "cli")
    return paths


def pulumi(paths: Paths, place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs it in a folder as a shell does that has gone there."""
    return subprocess.run(
        ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(place), str(paths.bin / "pulumi"), *words],
        env={"PATH": os.environ["PATH"], "PULUMI_CONFIG_PASSPHRASE_FILE": "ours"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_checkout_is_known_through_a_symbolic_link(paths: Paths, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.symlink_to(paths.repository)
    mirrored = ["python -m local sync", f"cli ours -C {paths.project} preview"]
    for place in (paths.repository, linked, linked / ".local"):
        assert pulumi(paths, place, "preview").stdout.splitlines() == mirrored
    assert pulumi(paths, tmp_path, "preview").stdout == "cli ours preview\n"


@pytest.mark.parametrize(
    "words",
    [
        ["config", "set", "--stack", "local", "--secret", "app:token", "x"],
        ["config", "set-all", "--secret=app:token=x"],
        ["-s", "local", "config", "set", "app:token", "x", "--secret"],
    ],
    ids=" ".join,
)
def test_no_secret_goes_into_a_stack_file(words: list[str], paths: Paths, tmp_path: Path) -> None:
    result = pulumi(paths, paths.repository, *words)
    assert result.returncode == 2
    assert result.stdout == ""
    assert "`aws secretsmanager put-secret-value`" in result.stderr
    assert pulumi(paths, tmp_path, *words).stdout == f"cli ours {' '.join(words)}\n"


def test_settings_are_the_repositorys_and_nothing_encrypts_them(paths: Paths) -> None:
    words = ["config", "set", "--stack", "local", "--", "app:option", "--secret"]
    said = pulumi(paths, paths.repository, *words)
    assert (said.stdout, said.returncode) == (f"cli no passphrase {' '.join(words)}\n", 0)


def with_ports(paths: Paths) -> None:
    """A platform that has run before."""
    paths.run.mkdir()
    ports = {name: number for number, name in enumerate(PORTS, start=1)}
    (paths.run / "ports.json").write_text(json.dumps(ports))


def test_a_platform_that_is_down_is_said_to_be(paths: Paths) -> None:
    with_ports(paths)
    with pytest.raises(LocalError, match=r"the platform is down: `make up` brings it up"):
        cli_platform.sync(paths)


def test_a_service_that_has_ended_is_named(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    with_ports(paths)
    ended = "kube-controller-manager"
    monkeypatch.setattr(
        Process, "find", lambda process: None if process.name == ended else psutil.Process()
    )
    with pytest.raises(LocalError, match=rf"not running: {ended}\. `make up` starts"):
        cli_platform.sync(paths)
