"""Concurrent index work that failed or was interrupted is cleared up and done again."""

import threading

import psycopg
import pytest

from migrator.runner.errors import RevisionError
from migrator.runner.policy import WaitPolicy
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject
from tests.migrator.runner.test_locks import Upgrade


def test_an_invalid_index_is_built_anew(database: Database, project: AlembicProject) -> None:
    database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        database.execute("CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)")
    database.execute("DELETE FROM t")
    project.add(
        "aa11", '>>> outside("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a)")'
    )
    upgrade(project.settings(database.url))
    assert database.execute("SELECT indisvalid FROM pg_index WHERE indrelid = 't'::regclass") == [
        (True,)
    ]


def test_a_failed_concurrent_index_leaves_nothing(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)")
    project.add("aa11", '>>> outside("CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)")')
    settings = project.settings(database.url)
    with pytest.raises(RevisionError, match="could not create unique index") as failure:
        upgrade(settings)
    assert failure.value.sqlstate == "23505"
    assert database.execute("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass") == [
        (0,)
    ]
    database.execute("DELETE FROM t")
    assert upgrade(settings).applied == ("aa11",)


def test_a_failed_index_without_a_name_leaves_nothing(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2), (1, 3)")
    database.execute("CREATE INDEX ON t (a)")
    project.add("aa11", '>>> outside("CREATE UNIQUE INDEX CONCURRENTLY ON t (a) INCLUDE (b)")')
    with pytest.raises(RevisionError, match="could not create unique index"):
        upgrade(project.settings(database.url))
    assert _indexes(database) == [("t_a_idx", True)]


@pytest.mark.parametrize("columns", ["a", "a, lower(c), b", "(a + b)"])
def test_an_index_without_a_name_is_there_once_after_a_lost_connection(
    database: Database, project: AlembicProject, columns: str
) -> None:
    database.execute("CREATE TABLE t (a int, b int, c text)")
    project.add("aa11", f'>>> outside("CREATE INDEX CONCURRENTLY ON t ({columns})")')
    with database.connect(autocommit=False, name="forgotten") as holder:
        holder.execute("INSERT INTO t VALUES (1)")
        running = Upgrade(project, database, WaitPolicy(report_every=0.05))
        running.start()
        while not any("still waiting for pid" in line for line in running.said):
            assert running.is_alive(), running.error
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'CREATE INDEX CONCURRENTLY ON t%'"
        )
        running.join()
        holder.rollback()
    assert [valid for _, valid in _indexes(database)] == [False]
    assert upgrade(project.settings(database.url)).applied == ("aa11",)
    assert [valid for _, valid in _indexes(database)] == [True]


def _indexes(database: Database) -> list[tuple[object, ...]]:
    """(name, whether it is valid) of each of the table t."""
    return database.execute(
        "SELECT indexrelid::regclass::text, indisvalid FROM pg_index "
        "WHERE indrelid = 't'::regclass ORDER BY 1"
    )


def test_an_index_that_somebody_else_made_is_not_taken_for_ours(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE t (a int, b int); CREATE INDEX t_a ON t (b)")
    project.add("aa11", '>>> outside("CREATE INDEX CONCURRENTLY t_a ON t (a)")')
    for _ in range(2):
        with pytest.raises(RevisionError, match="already exists"):
            upgrade(project.settings(database.url))


def test_an_index_that_somebody_else_is_building_is_waited_for(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE t (a int)")
    project.add("aa11", '>>> outside("CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a)")')
    with database.connect(autocommit=False) as holder, database.connect() as builder:
        holder.execute("INSERT INTO t VALUES (1)")
        build = threading.Thread(
            target=builder.execute, args=["CREATE INDEX CONCURRENTLY t_a ON t (a)"]
        )
        build.start()
        while not (built := _indexes(database)):
            assert build.is_alive()
        running = Upgrade(project, database, WaitPolicy())
        running.start()
        told = f"waiting for pid {builder.info.backend_pid}, which builds t_a already"
        while told not in running.said:
            assert running.is_alive(), running.error
        oid = database.execute("SELECT 't_a'::regclass::oid")
        holder.rollback()
        build.join()
        assert running.finish().applied == ("aa11",)
    assert (built, _indexes(database)) == ([("t_a", False)], [("t_a", True)])
    assert database.execute("SELECT 't_a'::regclass::oid") == oid


def test_leftovers_of_reindex_are_removed(database: Database, project: AlembicProject) -> None:
    database.execute("CREATE TABLE t (a int); CREATE INDEX t_a ON t (a)")
    # As an interrupted REINDEX CONCURRENTLY leaves it.
    database.execute("CREATE INDEX t_a_ccnew ON t (a)")
    database.execute(
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_a_ccnew'::regclass"
    )
    project.add("aa11", '>>> outside("REINDEX INDEX CONCURRENTLY t_a")')
    upgrade(project.settings(database.url))
    assert database.execute(
        "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 't'::regclass"
    ) == [("t_a",)]


def test_a_left_over_index_is_dropped_with_patience(
    database: Database, project: AlembicProject
) -> None:
    """As patiently as it is built again, whatever limits the user's sessions have."""
    database.execute("CREATE TABLE t (a int); CREATE INDEX t_a ON t (a)")
    database.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_a'::regclass")
    limits = "SET lock_timeout = '20ms'; ALTER DATABASE {0} SET statement_timeout = '300ms'"
    database.execute(f"ALTER DATABASE {database.name} {limits.format(database.name)}")
    project.add("aa11", '>>> outside("CREATE INDEX CONCURRENTLY t_a ON t (a)")')
    with database.connect(autocommit=False, name="forgotten") as holder:
        holder.execute("INSERT INTO t VALUES (1)")
        running = Upgrade(project, database, WaitPolicy(report_every=0.05))
        running.start()
        while not any(line.startswith("dropping the invalid") for line in running.said):
            assert running.is_alive(), running.error
        pid = holder.info.backend_pid
        while f"still waiting for pid {pid} (forgotten" not in running.said[-1]:
            assert running.is_alive(), running.error
        running.join(0.5)
        holder.rollback()
        assert running.finish().applied == ("aa11",)
    assert database.execute("SELECT indisvalid FROM pg_index WHERE indrelid = 't'::regclass") == [
        (True,)
    ]
