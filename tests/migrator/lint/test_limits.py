"""Project code under lint has a time and a memory limit; a verdict comes all the same.

By the command line: the test runner has threads, beside which no process of its own is safe.
"""

import json
import subprocess
import sys
import time
from typing import Any

import pytest
from typer.testing import CliRunner

from migrator.cli import app
from migrator.lint.request import Request
from migrator.project.limits import Limits
from tests.migrator.lint.conftest import Project

ENDLESS = "while True: pass"


def lint(project: Project, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "migrator",
        "-c",
        str(project.config),
        "lint",
        ":",
        "--no-replay",
    ]
    return subprocess.run(
        [*command, "--format", "json", *options],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def findings(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert "Traceback" not in done.stderr
    return [f for f in json.loads(done.stdout)["findings"] if f["severity"] == "unsafe"]


def test_what_does_not_end_is_opaque_and_the_others_are_judged(project: Project) -> None:
    project.add("one", f"op.execute('DROP INDEX i')\n{ENDLESS}")
    project.add("two", "op.execute('DROP INDEX j')")
    project.add(
        "three",
        """
        import subprocess
        # In a session of its own, and without the parent that began it.
        subprocess.run(["sh", "-c", "setsid sleep 277.31 &"])
        subprocess.run(["sleep", "277.31"])
        """,
    )
    project.add(
        "four",
        "[None for _ in iter(lambda: bytes([1]) * 10**8, 0) if held.append(_)]",
        attributes="held = []",
    )
    project.add("five", "import os\nos._exit(3)")
    found = findings(lint(project, "--time-limit", "2", "--memory-limit", "400"))
    told = {f["revision"]: f["message"] for f in found}
    assert [f["rule"] for f in found] == ["opaque", "drop-index", "opaque", "opaque", "opaque"]
    assert "upgrade() did not end within 2 s; none of it was judged" in told["one"]
    assert "did not end within 2 s" in told["three"]
    assert "took more than 400 MB of memory" in told["four"]
    assert "ended the process that it ran in (exit code 3)" in told["five"]
    left = subprocess.run(["pgrep", "-f", "sleep 277.31"], capture_output=True, check=False)
    assert left.stdout == b""


def test_a_file_that_does_not_end_while_it_is_loaded_is_named(project: Project) -> None:
    project.add("one", "pass", attributes=ENDLESS)
    done = lint(project, "--time-limit", "1")
    assert done.returncode == 2
    assert "one.py: loading it did not end within 1 s" in done.stderr


@pytest.mark.parametrize("place", ["before", "after"])
def test_an_env_py_that_does_not_end_is_done_without(project: Project, place: str) -> None:
    env = project.folder / "env.py"
    text = env.read_text()
    env.write_text(f"{ENDLESS}\n{text}" if place == "before" else f"{text}\n{ENDLESS}\n")
    project.add("one", "op.execute('DROP INDEX i')")
    done = lint(project, "--time-limit", "1")
    assert [f["rule"] for f in findings(done)] == ["drop-index"]
    assert "cannot run offline (it did not end within 1 s)" in done.stdout


def test_an_interrupted_lint_leaves_no_process(project: Project) -> None:
    project.add("one", "import subprocess\nsubprocess.run(['sleep', '77.32'])")
    command = [sys.executable, "-m", "migrator", "-c", str(project.config), "lint", ":"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        while not subprocess.run(["pgrep", "-f", "sleep 77.32"], capture_output=True).stdout:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(2)
        process.communicate(timeout=30)
    assert process.returncode == 130
    left = subprocess.run(["pgrep", "-f", "sleep 77.32"], capture_output=True, check=False)
    assert left.stdout == b""


@pytest.mark.parametrize(("option", "value"), [("--time-limit", "0"), ("--memory-limit", "-1")])
def test_a_limit_that_is_none_is_refused(project: Project, option: str, value: str) -> None:
    done = CliRunner().invoke(app, ["-c", str(project.config), "lint", option, value])
    assert done.exit_code == 2
    assert f"{option}: " in done.stderr


def test_the_defaults_are_those_of_the_command(project: Project) -> None:
    assert Request(config=project.config).limits == Limits(seconds=30, megabytes=2048)
