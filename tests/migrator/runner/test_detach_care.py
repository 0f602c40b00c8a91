"""A partition is detached without making anybody wait, and what was interrupted is finished."""

import psycopg
import pytest

from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject
from tests.migrator.runner.test_locks import NEVER, Upgrade, WaitPolicy, reader

TABLES = """
CREATE SCHEMA app;
CREATE TABLE app.items (year int, n int) PARTITION BY LIST (year);
CREATE TABLE app.items_2020 PARTITION OF app.items FOR VALUES IN (2020);
CREATE TABLE app.items_2021 PARTITION OF app.items FOR VALUES IN (2021);
INSERT INTO app.items VALUES (2020, 1), (2021, 2);
"""
DETACH = '>>> outside("ALTER TABLE app.items DETACH PARTITION app.items_2020 CONCURRENTLY")'


def partitions(database: Database) -> list[tuple[object, ...]]:
    return database.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits "
        "WHERE inhparent = 'app.items'::regclass ORDER BY 1"
    )


def half_detach(database: Database, partition: str) -> None:
    """As a DETACH CONCURRENTLY that was cancelled while it waited leaves it."""
    detach = f"ALTER TABLE app.items DETACH PARTITION {partition} CONCURRENTLY"
    with reader(database, "app.items"), database.connect() as connection:
        connection.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            connection.execute(detach.encode())


def test_it_waits_for_a_reader_as_long_as_that_takes(
    database: Database, project: AlembicProject
) -> None:
    database.execute(TABLES)
    project.add("aa11", DETACH)
    with reader(database, "app.items"):
        running = Upgrade(project, database, WaitPolicy(queued_try=0.05, report_every=0.1))
        running.start()
        running.says("still waiting")
        with database.connect() as other:  # nobody waits meanwhile
            other.execute("SET lock_timeout = '50ms'")
            other.execute("INSERT INTO app.items VALUES (2021, 3)")
    assert running.finish().applied == ("aa11",)
    assert partitions(database) == [("app.items_2021",)]


def test_a_half_done_one_is_shown_and_finished_by_the_next_run(
    database: Database, project: AlembicProject
) -> None:
    database.execute(TABLES)
    half_detach(database, "app.items_2020")
    project.add("aa11", DETACH)
    settings = project.settings(database.url)
    (pending,) = status(settings).half_detached
    assert str(pending) == "partition app.items_2020 is half detached from app.items"
    said: list[str] = []
    assert upgrade(settings, say=said.append).applied == ("aa11",)
    assert f"{pending}; finishing that" in said
    assert partitions(database) == [("app.items_2021",)]
    assert status(settings).half_detached == ()


def test_a_half_done_one_of_another_partition_is_finished_first(
    database: Database, project: AlembicProject
) -> None:
    """PostgreSQL refuses a second one beside it."""
    database.execute(TABLES)
    half_detach(database, "app.items_2021")
    project.add("aa11", DETACH)
    assert upgrade(project.settings(database.url)).applied == ("aa11",)
    assert partitions(database) == []


def test_finalize_in_a_revision_has_the_patience_too(
    database: Database, project: AlembicProject
) -> None:
    database.execute(TABLES)
    half_detach(database, "app.items_2020")
    project.add("aa11", "ALTER TABLE app.items DETACH PARTITION app.items_2020 FINALIZE")
    with database.connect(autocommit=False, name="old") as holder:
        holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        holder.execute("SELECT 1 FROM app.items")
        policy = WaitPolicy(queued_try=0.05, report_every=0.1, queued_every=NEVER)
        running = Upgrade(project, database, policy)
        running.start()
        running.says("still waiting")
    assert running.finish().applied == ("aa11",)
    assert partitions(database) == [("app.items_2021",)]
