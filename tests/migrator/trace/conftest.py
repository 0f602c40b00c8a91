"""A scratch server of each installed version, with the corpus's tables as a template."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from migrator.scratch import PostgresServer
from tests.migrator.corpus import base_sql
from tests.migrator.versions import installed_binaries, version_name

NewDatabase = Callable[[], str]


@pytest.fixture(scope="module", params=installed_binaries(), ids=version_name)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    folder: Path = tmp_path_factory.mktemp("postgres")
    settings = {"fsync": "off", "TimeZone": "UTC", "autovacuum": "off", "wal_level": "logical"}
    server = PostgresServer(folder / "data", settings=settings, binaries=request.param)
    try:
        with server:
            with psycopg.connect(empty_database(server, "base"), autocommit=True) as connection:
                connection.execute(base_sql())  # pyright: ignore
            yield server
    finally:
        server.destroy()


def empty_database(server: PostgresServer, name: str) -> str:
    """Makes a database without tables and returns its URL."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # pyright: ignore
    return server.url(name)


@pytest.fixture
def new_database(server: PostgresServer) -> Iterator[NewDatabase]:
    """Makes copies of the template, and drops them at the end of the test."""
    numbers = itertools.count()
    made: list[str] = []

    def make() -> str:
        name = f"case_{next(numbers)}"
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE base")  # pyright: ignore
        made.append(name)
        return server.url(name)

    yield make
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # pyright: ignore
