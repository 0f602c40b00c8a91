"""Whoever is in the way is named, also where PostgreSQL itself does not say."""

import time
from collections.abc import Iterator

import pytest

from migrator.runner.errors import RevisionError
from migrator.runner.policy import WaitPolicy
from migrator.runner.upgrade import upgrade
from migrator.scratch import PostgresServer
from tests.migrator.conftest import SETTINGS, Database
from tests.migrator.runner.alembic_project import AlembicProject
from tests.migrator.runner.test_locks import NEVER, Upgrade
from tests.migrator.versions import installed_binaries, version_name

ROWS = "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 0), (2, 0)"
# A queued try is long enough here for a busy machine to look at what it waits for.
POLICY = WaitPolicy(queued_try=1.0, queued_every=NEVER, lock_deadline=0.5, retry_base=0.3)


@pytest.fixture(scope="module", params=installed_binaries(), ids=version_name)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PostgresServer]:
    """As every other test's server, but with prepared transactions."""
    server = PostgresServer(
        tmp_path_factory.mktemp("postgres") / "data",
        settings={**SETTINGS, "max_prepared_transactions": "5"},
        binaries=request.param,
    )
    try:
        yield server.start()
    finally:
        server.destroy()


@pytest.mark.parametrize(
    "statement", ["UPDATE t SET a = 1", "SELECT id FROM t FOR UPDATE", "DELETE FROM t"]
)
def test_who_holds_a_row_is_named(
    database: Database, project: AlembicProject, statement: str
) -> None:
    database.execute(ROWS)
    project.add("aa11", statement)
    said: list[str] = []
    with database.connect(autocommit=False, name="batch") as holder:
        holder.execute("UPDATE t SET a = 2 WHERE id = 2")
        with pytest.raises(RevisionError, match="due to lock timeout") as failure:
            upgrade(project.settings(database.url), policy=POLICY, say=said.append)
        pid = holder.info.backend_pid
    named = f"waited for pid {pid} (batch, user postgres, idle in transaction)"
    assert named in str(failure.value)
    assert "its query: UPDATE t SET a = 2 WHERE id = 2" in str(failure.value)


def test_who_holds_a_row_is_named_before_the_next_attempt(
    database: Database, project: AlembicProject
) -> None:
    database.execute(ROWS)
    project.add("aa11", "UPDATE t SET a = a + 1")
    policy = WaitPolicy(queued_try=1.0, lock_deadline=60)
    with database.connect(autocommit=False, name="batch") as holder:
        holder.execute("UPDATE t SET a = 2 WHERE id = 2")
        running = Upgrade(project, database, policy)
        running.start()
        while not any("lost a lock" in line for line in running.said):
            assert running.is_alive(), running.error
        assert f"it waited for pid {holder.info.backend_pid} (batch, " in running.said[-1]
        holder.commit()
        assert running.finish().applied == ("aa11",)
    assert database.execute("SELECT a FROM t ORDER BY id") == [(1,), (3,)]


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE t ADD COLUMN b int",
        "UPDATE t SET a = 1",
        ">>> outside('CREATE INDEX CONCURRENTLY t_a ON t (a)')",
    ],
)
def test_a_prepared_transaction_is_named(
    database: Database, project: AlembicProject, statement: str
) -> None:
    """It belongs to no session, and waits for somebody to remember it."""
    database.execute(ROWS)
    database.execute("BEGIN; UPDATE t SET a = 2 WHERE id = 2; PREPARE TRANSACTION 'two phase'")
    project.add("aa11", statement)
    policy = WaitPolicy(queued_try=1.0, queued_every=NEVER, lock_deadline=60, report_every=0.05)
    try:
        running = Upgrade(project, database, policy)
        running.start()
        named = "the prepared transaction 'two phase' (user postgres)"
        while not any(named in line for line in running.said):
            assert running.is_alive(), running.error
    finally:
        database.execute("ROLLBACK PREPARED 'two phase'")
    assert running.finish().applied == ("aa11",)


def test_an_autovacuum_in_the_way_gives_way(database: Database, project: AlembicProject) -> None:
    """PostgreSQL cancels it for who waits for deadlock_timeout, which is 0.1 s here."""
    database.execute(
        "CREATE TABLE t (a int) WITH (autovacuum_vacuum_cost_delay = 100,"
        " autovacuum_vacuum_cost_limit = 1, autovacuum_vacuum_threshold = 1);"
        "INSERT INTO t SELECT generate_series(1, 100000)"
    )
    database.execute("DELETE FROM t WHERE a % 2 = 0")
    database.execute("ALTER SYSTEM SET autovacuum_naptime = '1s'")
    database.execute("SELECT pg_reload_conf()")
    try:
        working = (
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' "
            "AND query LIKE '%public.t'"
        )
        deadline = time.monotonic() + 120
        while database.execute(working) == [(0,)]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        project.add("aa11", "ALTER TABLE t ADD COLUMN b int")
        project.add("bb22", "ALTER TABLE t ALTER a SET STATISTICS 10")
        policy = WaitPolicy(queued_try=0.02, queued_every=0.2, lock_deadline=20)
        assert upgrade(project.settings(database.url), policy=policy).applied == ("aa11", "bb22")
    finally:
        database.execute("ALTER SYSTEM RESET autovacuum_naptime")
        database.execute("SELECT pg_reload_conf()")
