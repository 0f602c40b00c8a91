"""Real PostgreSQL for the migrator's tests: one server a version, one database a test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from itertools import count

import psycopg
import pytest
from psycopg import sql

from migrator.scratch import PostgresBinaries, PostgresServer
from tests.migrator.versions import divide, installed_binaries, version_name

# Durability is given up for speed: no test here crashes the server itself.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "deadlock_timeout": "100ms",
}
_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Registers this folder's marker."""
    config.addinivalue_line("markers", "servers(since, until): the major versions that it is of")


@pytest.hookimpl(tryfirst=True)  # before the sweep is taken out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves each test the versions that it is of."""
    impossible = divide(items)
    config.hook.pytest_deselected(items=impossible)
    items[:] = [item for item in items if item not in impossible]


@pytest.fixture(scope="session")
def start_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[PostgresBinaries], PostgresServer]]:
    """Starts a server of a version, once; each runs until the last test has ended."""
    with ExitStack() as ends:

        @cache
        def start(binaries: PostgresBinaries) -> PostgresServer:
            folder = tmp_path_factory.mktemp("postgres")
            server = PostgresServer(folder / "data", settings=SETTINGS, binaries=binaries)
            ends.callback(server.destroy)
            return server.start()

        yield start


@pytest.fixture(scope="module", params=installed_binaries(), ids=version_name)
def server(
    request: pytest.FixtureRequest, start_server: Callable[[PostgresBinaries], PostgresServer]
) -> PostgresServer:
    """A running server, of each tested version in turn."""
    return start_server(request.param)


@dataclass(frozen=True, kw_only=True)
class Database:
    """A fresh, empty database of one test."""

    server: PostgresServer
    name: str

    @property
    def url(self) -> str:
        """For SQLAlchemy and the migrator's command line (psycopg 3)."""
        return self.server.url(self.name, driver="postgresql+psycopg")

    @property
    def dsn(self) -> str:
        """For psycopg.connect and psql."""
        return self.server.url(self.name)

    @property
    def version(self) -> int:
        """The server's major version, such as 18."""
        return self.server.binaries.version

    def connect(self, *, autocommit: bool = True, name: str = "test") -> psycopg.Connection:
        """A new connection, which the caller closes; `name` is its application_name."""
        return psycopg.connect(self.dsn, autocommit=autocommit, application_name=name)

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """Runs one or more statements in a connection of their own; the last one's rows."""
        with self.connect() as connection:
            cursor = connection.execute(statement.encode())
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def database(server: PostgresServer) -> Iterator[Database]:
    """An empty database of its own for one test, dropped afterwards with its connections."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server.url(), autocommit=True) as connection:
        # A copy of the files is quicker than one through the log.
        create = sql.SQL("CREATE DATABASE {} STRATEGY file_copy").format(sql.Identifier(name))
        connection.execute(create)
        try:
            yield Database(server=server, name=name)
        finally:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
