"""What docs/library.md shows works with what is installed from the wheel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import Distribution
from pathlib import Path

import psycopg
import pytest

from migrator.scratch import PostgresServer, temporary_server
from tests.wheel.environment import Environment
from tests.wheel.page import PAGE, commands, write_files


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with temporary_server({"fsync": "off"}) as server:
        yield server


@pytest.fixture
def database(server: PostgresServer) -> Iterator[dict[str, str]]:
    """The environment's variable for an empty database."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE shop")
        yield {"DATABASE_URL": server.url("shop")}
        connection.execute("DROP DATABASE shop")


@pytest.fixture
def project(migrator_alone: Environment, tmp_path: Path) -> Environment:
    """The page's files in a folder of their own."""
    write_files(tmp_path)
    return replace(migrator_alone, work=tmp_path)


def test_the_extras_that_it_names_are_there(migrator_alone: Environment) -> None:
    (packages,) = migrator_alone.folder.glob("lib/*/site-packages")
    (wheel,) = Distribution.discover(name="groundwork-platform", path=[str(packages)])
    named = set(re.findall(r"groundwork-platform\[(\w+)\]", PAGE.read_text()))
    assert named
    assert named <= set(wheel.metadata.get_all("Provides-Extra") or ())


def test_its_commands_bring_a_database_forward(
    project: Environment, database: dict[str, str]
) -> None:
    told = {}
    for command in commands():
        done = project.run(*command, environment=database)
        assert done.returncode == 0, done.stdout + done.stderr
        told[" ".join(command)] = done.stdout
    assert "revision  0001\n" in told["migrator status"]


def test_its_release_program_brings_a_database_forward(
    project: Environment, database: dict[str, str]
) -> None:
    done = project.run("python", "release.py", environment=database)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the database is at 0001\n"
