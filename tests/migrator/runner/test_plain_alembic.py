"""Alembic's own commands, with an env.py that calls `run_online`, on a busy database."""

import io
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from migrator.runner.policy import WaitPolicy
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject, make_project

ENV = """
from alembic import context
from migrator.database import create, parse_url
from migrator.runner.environment import run_online

url = context.config.get_main_option("sqlalchemy.url")
with create(parse_url(url), role="alembic").connect() as connection:
    run_online(context, connection)
"""
TWO_TABLES = "CREATE TABLE a (id int); CREATE TABLE b (id int); INSERT INTO b VALUES (1)"
BUSY_SECONDS = 1.5


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    return make_project(tmp_path / "project", ENV)


@pytest.fixture
def config(database: Database, project: AlembicProject) -> Config:
    return alembic(project, database)


def alembic(project: AlembicProject, database: Database) -> Config:
    config = Config(str(project.config), stdout=io.StringIO())
    config.set_main_option("sqlalchemy.url", database.url)
    return config


@contextmanager
def busy(database: Database, statement: str, seconds: float = BUSY_SECONDS) -> Iterator[None]:
    """Somebody's transaction, which is rolled back by itself after a while."""
    connection = database.connect(autocommit=False, name="reports")
    connection.execute(statement.encode())
    end = threading.Timer(seconds, connection.close)
    end.start()
    try:
        yield
    finally:
        end.cancel()
        end.join()
        connection.close()


def version(database: Database) -> list[tuple[object, ...]]:
    return database.execute("SELECT version_num FROM alembic_version")


def test_a_table_that_is_read_meanwhile_is_waited_for(
    database: Database, project: AlembicProject, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    database.execute(TWO_TABLES)
    project.add("aa11", "ALTER TABLE a ADD COLUMN x int", "ALTER TABLE b ADD COLUMN x int")
    with busy(database, "SELECT count(*) FROM b"):
        command.upgrade(config, "head")
    assert version(database) == [("aa11",)]
    assert "waiting for" in caplog.text
    assert "(reports, user postgres, idle in transaction)" in caplog.text


def test_a_row_that_is_locked_is_waited_for_and_who_locked_it_is_named(
    database: Database, project: AlembicProject, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    database.execute(TWO_TABLES)
    project.add("aa11", "UPDATE b SET id = id + 1")
    with busy(database, "SELECT * FROM b FOR UPDATE"):
        command.upgrade(config, "head")
    assert database.execute("SELECT id FROM b") == [(2,)]
    assert "waited for pid" in caplog.text
    assert "its query: SELECT * FROM b FOR UPDATE" in caplog.text


def test_a_lock_that_stays_taken_is_an_error_that_names_the_holder(
    database: Database,
    project: AlembicProject,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = WaitPolicy(strong_statement=0, lock_deadline=2.0)
    monkeypatch.setattr("migrator.runner.plain_alembic.POLICY", policy)
    database.execute(TWO_TABLES)
    project.add("aa11", "SELECT 1")
    project.add("bb22", "UPDATE b SET id = id + 1")
    with (
        busy(database, "SELECT * FROM b FOR UPDATE", 60),
        pytest.raises(CommandError) as failure,
    ):
        command.upgrade(config, "head")
    assert "revision bb22 (step bb22) failed [SQLSTATE 55P03]" in str(failure.value)
    assert "statement: UPDATE b SET id = id + 1" in str(failure.value)
    assert "it waited for pid" in str(failure.value)
    assert "its query: SELECT * FROM b FOR UPDATE" in str(failure.value)
    assert "the database is at aa11" in str(failure.value)
    assert version(database) == [("aa11",)]


def test_a_strong_statement_may_take_long(
    database: Database, project: AlembicProject, config: Config
) -> None:
    """Alembic's commands have no option that would allow it more."""
    database.execute(TWO_TABLES)
    project.add("aa11", "ALTER TABLE b ADD CHECK (pg_sleep(5.5) IS NOT NULL)")
    command.upgrade(config, "head")
    assert version(database) == [("aa11",)]


@pytest.mark.parametrize("steps", [1, 2])
def test_relative_steps_are_counted_once(
    database: Database, project: AlembicProject, config: Config, steps: int
) -> None:
    for number in range(4):
        project.add(f"rev{number}", f"CREATE TABLE t{number} ()", down=(f"DROP TABLE t{number}",))
    command.upgrade(config, f"+{steps}")
    assert version(database) == [(f"rev{steps - 1}",)]
    command.upgrade(config, "head")
    command.downgrade(config, f"-{steps}")
    assert version(database) == [(f"rev{3 - steps}",)]


def test_a_revision_that_was_tried_again_counts_once(
    database: Database, project: AlembicProject, config: Config
) -> None:
    database.execute(TWO_TABLES)
    project.add("aa11", "UPDATE b SET id = id + 1")
    project.add("bb22", "UPDATE b SET id = id + 1")
    project.add("cc33", "UPDATE b SET id = id + 1")
    with busy(database, "SELECT * FROM b FOR UPDATE", 0.5):
        command.upgrade(config, "+2")
    assert version(database) == [("bb22",)]
    assert database.execute("SELECT id FROM b") == [(3,)]


@pytest.mark.parametrize(
    "stamp",
    [
        lambda config: command.stamp(config, "bb22"),
        lambda config: command.stamp(config, "bb22", purge=True),
    ],
    ids=["plain", "purge"],
)
def test_stamps_run_nothing(
    database: Database, project: AlembicProject, config: Config, stamp: Callable[[Config], None]
) -> None:
    for revision in ("aa11", "bb22"):
        project.add(revision, f"CREATE TABLE {revision} ()")
    command.upgrade(config, "aa11")
    stamp(config)
    assert version(database) == [("bb22",)]
    assert database.execute("SELECT to_regclass('bb22')") == [(None,)]


def test_a_transaction_of_env_py_is_waited_in_and_not_given_up(
    database: Database, project: AlembicProject, config: Config
) -> None:
    """What env.py did in it before would be lost."""
    database.execute(TWO_TABLES)
    (project.directory / "env.py").write_text(
        ENV.replace(
            "    run_online",
            '    connection.exec_driver_sql("INSERT INTO a VALUES (7)")\n    run_online',
        )
        + "    connection.commit()\n"
    )
    project.add("aa11", "UPDATE b SET id = id + 1")
    with busy(database, "SELECT * FROM b FOR UPDATE"):
        command.upgrade(config, "head")
    assert version(database) == [("aa11",)]
    assert database.execute("SELECT a.id, b.id FROM a, b") == [(7, 2)]


def test_an_error_of_the_database_is_no_traceback(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11", "SELECT * FROM nowhere")
    text = project.config.read_text()
    project.config.write_text(f"{text}sqlalchemy.url = {database.url}\n")
    result = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(project.config), "upgrade", "head"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert 'FAILED: revision aa11 (step aa11) failed [SQLSTATE 42P01]: relation "nowhere"' in (
        result.stdout
    )
    assert "Traceback" not in result.stdout + result.stderr


def test_a_defect_in_a_revision_keeps_its_traceback(
    project: AlembicProject, config: Config
) -> None:
    project.add("aa11", ">>> no_such_name()")
    with pytest.raises(NameError):
        command.upgrade(config, "head")
    assert logging.getLogger("migrator").disabled is False
