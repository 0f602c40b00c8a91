"""One migrator at a time per database, whichever way it was started."""

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, text

from migrator.database import create, parse_url
from migrator.project.settings import MigratorSettings
from migrator.runner.advisory_lock import AdvisoryLock, LockedByAnotherError
from migrator.runner.policy import WaitPolicy
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import ENV, AlembicProject
from tests.migrator.runner.test_upgrade import EXAMPLE

FORK = multiprocessing.get_context("fork")
HEAD = "c6e8f1b35a92"


def lock_of(database: Database, version_table: str = "alembic_version") -> AdvisoryLock:
    return AdvisoryLock(
        engine=create(parse_url(database.url), role="test"), version_table=version_table
    )


def test_migrators_that_start_together_apply_each_revision_once(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE log (pid int)")
    for number in range(5):
        project.add(f"rev{number}", "INSERT INTO log VALUES (pg_backend_pid())")
    settings = project.settings(database.url)
    processes = [FORK.Process(target=upgrade, args=(settings,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    assert database.execute("SELECT count(*) FROM log") == [(5,)]


def test_threads_of_one_process_take_turns(database: Database, project: AlembicProject) -> None:
    """As in Pulumi's provider process; Alembic keeps its context in a global."""
    database.execute("CREATE TABLE log (n int)")
    for number in range(3):
        project.add(f"rev{number}", f"INSERT INTO log VALUES ({number})")
    settings = project.settings(database.url)
    with ThreadPoolExecutor(4) as pool:
        reports = [future.result() for future in [pool.submit(upgrade, settings) for _ in "1234"]]
    assert sum(len(report.applied) for report in reports) == 3
    assert {report.revision for report in reports} == {"rev2"}


def test_the_holder_is_named_when_the_wait_is_over(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11")
    with lock_of(database).held(wait=0) as held:
        pid = held.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        said: list[str] = []
        policy = WaitPolicy(migrator_wait=0.1)
        with pytest.raises(LockedByAnotherError) as failure:
            upgrade(project.settings(database.url), policy=policy, say=said.append)
    assert said[0].startswith(f"waiting for another migrator: pid {pid} ")
    message = str(failure.value)
    assert f"pid {pid} (groundwork-migrator:lock from 127.0.0.1), since 20" in message
    assert "gave up after 0.1 s" in message
    assert upgrade(project.settings(database.url)).applied == ("aa11",)


def test_other_version_tables_and_other_databases_are_not_kept_waiting(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11")
    with (
        lock_of(database, "other_version").held(wait=0),
        psycopg.connect(database.server.url()) as elsewhere,
    ):
        elsewhere.execute("SELECT pg_advisory_lock(%s)", [lock_of(database).key])
        policy = WaitPolicy(migrator_wait=0)
        assert upgrade(project.settings(database.url), policy=policy).applied == ("aa11",)


def test_a_lock_that_the_server_ended_stops_the_run(
    database: Database, project: AlembicProject
) -> None:
    """Otherwise two migrators might work at once."""
    project.add(
        "aa11",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'groundwork-migrator:lock'",
    )
    project.add("bb22")
    with pytest.raises(LockedByAnotherError, match="lost"):
        upgrade(project.settings(database.url))
    assert database.execute("SELECT version_num FROM alembic_version") == [("aa11",)]


@pytest.fixture
def plain(database: Database, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The example application under Alembic's own commands."""
    monkeypatch.setenv("DATABASE_URL", database.dsn)
    return Config(str(EXAMPLE))


def versions(database: Database) -> list[tuple[Any, ...]]:
    return database.execute("SELECT version_num FROM alembic_version")


def test_plain_alembic_works_and_takes_the_same_lock(
    database: Database, plain: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = WaitPolicy(migrator_wait=0.1)
    monkeypatch.setattr("migrator.runner.plain_alembic.POLICY", policy)
    with lock_of(database).held(wait=0):
        with pytest.raises(CommandError, match="groundwork-migrator:lock"):
            command.upgrade(plain, "head")
        command.current(plain)  # reading is free
    command.upgrade(plain, "head")
    assert versions(database) == [(HEAD,)]
    command.check(plain)  # models.py says what the revisions made
    command.downgrade(plain, "-1")
    assert versions(database) == [("a2c95e07b4d1",)]
    command.downgrade(plain, "base")
    assert versions(database) == []


def test_plain_alembic_says_why_it_cannot_connect(
    plain: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url, expected in (
        ("postgresql://ada:s3cr3t@127.0.0.1:1/app", "cannot connect to postgresql://ada@127"),
        ("postgresql://ada:s3cr3t@127.0.0.1:1/app?ssl=on", "invalid connection option"),
        ("mysql://ada:s3cr3t@127.0.0.1/app", "'mysql' is not PostgreSQL"),
    ):
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(CommandError, match=expected) as refusal:
            command.current(plain)
        assert "s3cr3t" not in str(refusal.value)


@pytest.fixture
def pooling(database: Database) -> Iterator[Engine]:
    """An application's engine, which keeps its connections."""
    engine = create_engine(parse_url(database.url), connect_args={"application_name": "app"})
    yield engine
    engine.dispose()


def assert_is_as_before(pooling: Engine, database: Database) -> None:
    """Neither the lock is held, which would keep every other migrator out, nor the name changed."""
    with lock_of(database).held(wait=5), pooling.connect() as connection:
        assert connection.scalar(text("SHOW application_name")) == "app"


def test_an_application_that_upgrades_at_its_start_keeps_nothing_in_its_pool(
    database: Database, plain: Config, pooling: Engine
) -> None:
    # Takes the name of the third revision's index.
    database.execute("CREATE TABLE idx_analyses_langfuse_trace (a int)")
    with (
        pooling.connect() as plain.attributes["connection"],
        pytest.raises(CommandError, match="already exists"),
    ):
        command.upgrade(plain, "head")
    assert versions(database) == [("5b7e21d8c0f3",)]
    assert_is_as_before(pooling, database)
    database.execute("DROP TABLE idx_analyses_langfuse_trace")
    with pooling.connect() as plain.attributes["connection"]:
        command.upgrade(plain, "head")
    assert versions(database) == [(HEAD,)]
    assert_is_as_before(pooling, database)


def test_an_engine_of_env_py_keeps_nothing_in_its_pool(
    database: Database,
    project: AlembicProject,
    pooling: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "app", SimpleNamespace(engine=pooling))
    making = ENV[ENV.index("engine =") : ENV.index("with engine")]
    (project.directory / "env.py").write_text(ENV.replace(making, "from app import engine\n"))
    project.add("aa11", "CREATE TABLE t (id int)")
    assert upgrade(MigratorSettings(config=project.config)).applied == ("aa11",)
    assert_is_as_before(pooling, database)


def test_plain_alembic_writes_a_new_revision_with_its_phase(
    database: Database, plain: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    command.upgrade(plain, "head")
    plain.set_main_option("version_locations", f"{tmp_path}{os.pathsep}{EXAMPLE.parent}/versions")
    database.execute("ALTER TABLE users DROP COLUMN email")
    script = command.revision(plain, "mail again", autogenerate=True, version_path=str(tmp_path))
    (written,) = tmp_path.glob("*.py")
    assert script is not None
    source = written.read_text()
    assert 'phase = "expand"' in source
    assert "op.add_column('users', sa.Column('email', sa.Text(), nullable=False))" in source


def test_plain_alembic_continues_what_was_half_applied(database: Database, plain: Config) -> None:
    command.upgrade(plain, "5b7e21d8c0f3")
    with database.connect(autocommit=False) as rival:
        # The name is taken, so the revision fails after its first transaction is committed.
        rival.execute("CREATE INDEX idx_analyses_langfuse_trace ON users (username)")
        rival.commit()
    with pytest.raises(Exception, match="already exists"):
        command.upgrade(plain, "head")
    database.execute("ALTER INDEX idx_analyses_langfuse_trace RENAME TO something_else")
    command.upgrade(plain, "head")
    assert versions(database) == [(HEAD,)]


def test_the_settings_find_the_database(
    database: Database, project: AlembicProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """alembic.ini names it where neither an option nor the environment does."""
    project.add("aa11")
    project.config.write_text(f"{project.config.read_text()}sqlalchemy.url = {database.url}\n")
    assert upgrade(MigratorSettings(config=project.config)).applied == ("aa11",)
