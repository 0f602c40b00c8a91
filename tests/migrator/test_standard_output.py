"""Standard output carries the migrator's reports alone, whatever the project's code writes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrator.scratch import temporary_server
from tests.migrator.runner.alembic_project import ENV, AlembicProject, make_project

NOISE = """
import atexit, ctypes, logging, os, subprocess, sys, threading
def noise(place):
    print(place, "prints")
    sys.stdout.write(place + " writes\\n")
    sys.stdout.buffer.write(place.encode() + b" writes bytes\\n")
    sys.__stdout__.write(place + " writes past a redirection\\n")
    os.write(1, place.encode() + b" writes to the descriptor\\n")
    ctypes.CDLL(None).puts(place.encode() + b" writes from C")
    subprocess.run(["echo", place, "starts a process"], check=True)
    log = logging.Logger(place)
    log.addHandler(logging.StreamHandler(sys.stdout))
    log.warning(place + " logs")
atexit.register(print, "printed at the end")
"""
EVERY_WAY = 8
BACKFILL = """
from migrator.backfill import Backfill
from noise import noise
noise("backfill")
backfill = Backfill(name="fill", table="t", set={"b": "a"}, where="b IS NULL")
"""
# One process, because starting one takes longer than what is shown here.
RUN = """
import json, sys
from migrator.cli import app
for arguments in json.loads(sys.argv[1]):
    app(arguments, standalone_mode=False)
"""
JSON = ("--format", "json")


@pytest.fixture
def noisy(tmp_path: Path) -> AlembicProject:
    """A project that writes to standard output wherever it can."""
    project = make_project(tmp_path / "project", f"from noise import noise\nnoise('env')\n{ENV}")
    (project.directory / "noise.py").write_text(NOISE)
    project.add(
        "aa11",
        ">>> __import__('noise').noise('revision')",
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int)",
        down=("DROP TABLE t",),
    )
    file = next((project.directory / "versions").iterdir())
    file.write_text(file.read_text() + "\n__import__('noise').noise('file')\n")
    (project.directory / "backfills" / "fill.py").write_text(BACKFILL)
    return project


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with temporary_server({"fsync": "off"}) as server:
        yield server.url()


def run(
    project: AlembicProject, *commands: tuple[str, ...], url: str = ""
) -> subprocess.CompletedProcess[str]:
    base = ["-c", str(project.config), *(["--database-url", url] if url else [])]
    every = [[*base, *command] for command in commands]
    return subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(every)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), str(project.directory)])},
        capture_output=True,
        text=True,
        check=False,
    )


def documents(text: str) -> list[Any]:
    """The JSON documents that a text consists of, and nothing else."""
    found: list[Any] = []
    while text.strip():
        document, end = json.JSONDecoder().raw_decode(text.lstrip())
        found.append(document)
        text = text.lstrip()[end:]
    return found


def test_nothing_that_project_code_writes_reaches_a_report(noisy: AlembicProject, url: str) -> None:
    done = run(
        noisy,
        ("status", *JSON),
        ("history", *JSON),
        ("upgrade", *JSON),
        ("downgrade", "base", *JSON),
        url=url,
    )
    status, history, upgrade, downgrade = documents(done.stdout)
    assert status["pending"][0]["revision"] == history[0]["revision"] == "aa11"
    assert (upgrade["applied"], downgrade["undone"]) == (["aa11"], ["aa11"])
    for place in ("env", "file", "revision"):
        assert done.stderr.count(f"{place} ") % EVERY_WAY == 0, done.stderr
        assert f"{place} writes from C" in done.stderr
    assert "printed at the end" in done.stderr


def test_nor_one_of_a_command_that_needs_no_database(noisy: AlembicProject) -> None:
    done = run(noisy, ("lint", "aa11", *JSON), ("rehearse", *JSON), ("trace", "--rows", "1", *JSON))
    lint, rehearsal, trace = documents(done.stdout)
    assert lint["summary"]["statements"] == len(trace["statements"]) == 1
    assert [each["revision"] for each in rehearsal["revisions"]] == ["aa11"]
    assert "revision writes from C" in done.stderr


def test_a_backfill_writes_beside_the_table_of_backfills(noisy: AlembicProject, url: str) -> None:
    done = run(noisy, ("backfill", "list"), url=url)
    assert "fill" in done.stdout
    assert "writes" not in done.stdout
    assert "backfill writes from C" in done.stderr


def piped(project: AlembicProject, after: str) -> subprocess.CompletedProcess[str]:
    """`lint` by way of the shell."""
    command = f"{sys.executable} -m migrator -c {project.config} lint aa11 --format json {after}"
    environment = {**os.environ, "PYTHONPATH": f"{os.getcwd()}:{project.directory}"}
    return subprocess.run(
        command, shell=True, env=environment, capture_output=True, text=True, check=False
    )


def test_without_standard_error_a_report_is_whole(noisy: AlembicProject) -> None:
    done = piped(noisy, "2>&-")
    assert (done.returncode, len(documents(done.stdout))) == (0, 1)


@pytest.mark.parametrize("after", ["1>&-", "| true"])
def test_a_report_that_nobody_reads_is_no_error(tmp_path: Path, after: str) -> None:
    project = make_project(tmp_path / "project")
    project.add("aa11", "SELECT 1")
    done = piped(project, after)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_is_the_migrators_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "migrator", "lint", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--format" in done.stdout
