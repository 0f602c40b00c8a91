"""The example application's `users.email`, from nothing to NOT NULL and back, under load."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from migrator.backfill import load_backfills, run_backfill
from migrator.project.settings import MigratorSettings
from migrator.runner.downgrade import downgrade
from migrator.runner.gates import GateError
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database

MIGRATIONS = Path(__file__).parents[3] / "migrations"
BEFORE, EXPAND, CONTRACT = "8d4f93a6e715", "a2c95e07b4d1", "c6e8f1b35a92"
ROWS = 20_000
FEWEST = 20


def release_1(connection: psycopg.Connection, number: int) -> None:
    key = number * 7 % ROWS + 1
    connection.execute("SELECT username || '@' || mail_domain FROM users WHERE id = %s", (key,))
    connection.execute("UPDATE users SET mail_domain = 'example.org' WHERE id = %s", (key,))
    connection.execute("INSERT INTO users (username) VALUES (%s)", (f"New-{uuid.uuid4()}",))


def release_2(connection: psycopg.Connection, number: int) -> None:
    key = number * 11 % ROWS + 1
    connection.execute(
        "SELECT coalesce(email, lower(username) || '@' || mail_domain) FROM users WHERE id = %s",
        (key,),
    )
    connection.execute("UPDATE users SET email = %s WHERE id = %s", (f"own-{key}@x.org", key))
    connection.execute(
        "INSERT INTO users (username, email) VALUES (%s, 'new@x.org')", (f"Own-{uuid.uuid4()}",)
    )


@contextmanager
def running(
    database: Database, release: Callable[[psycopg.Connection, int], None]
) -> Iterator[None]:
    """Runs a release in a thread, FEWEST times at least; it must never fail."""
    stop = threading.Event()
    errors: list[BaseException] = []
    done: list[int] = []

    def work() -> None:
        try:
            with database.connect(name=release.__name__) as connection:
                while not stop.is_set() or len(done) < FEWEST:
                    release(connection, len(done))
                    done.append(1)
        except psycopg.Error as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    assert errors == []


def test_email_comes_and_goes_while_the_application_writes(database: Database) -> None:
    settings = MigratorSettings(config=MIGRATIONS / "alembic.ini", database_url=database.url)
    users_email = load_backfills(MIGRATIONS / "backfills")["users_email"]
    upgrade(settings, target=BEFORE)
    database.execute(
        f"INSERT INTO users (username) SELECT 'User-' || g FROM generate_series(1, {ROWS}) g"
    )

    with running(database, release_1):
        upgrade(settings, target=EXPAND)
        with pytest.raises(GateError, match=r"users_email has [\d,]+ rows left"):
            upgrade(settings, approved=[CONTRACT])
        result = run_backfill(database.url, users_email)
        assert (result.remaining, result.passes) == (0, 1)
        with running(database, release_2):
            assert database.execute("SELECT count(*) FROM users WHERE email IS NULL") == [(0,)]

    with running(database, release_2):
        assert upgrade(settings, approved=[CONTRACT]).revision == CONTRACT
    assert database.execute(
        "SELECT count(*) FROM users WHERE email NOT LIKE '%@x.org'"
        " AND email <> lower(username) || '@' || mail_domain"
    ) == [(0,)]

    with running(database, release_2):
        downgrade(settings, target=EXPAND)
        with running(database, release_1):
            assert database.execute("SELECT count(*) FROM users WHERE email IS NULL") == [(0,)]
    with running(database, release_1):
        downgrade(settings, target=BEFORE)
    columns = database.execute(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass"
        " AND attname = 'email' AND NOT attisdropped"
    )
    assert columns == [(0,)]
