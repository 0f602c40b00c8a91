"""Whoever is in the way is named, also where PostgreSQL itself does not say."""

from collections.abc import Iterator

import pytest

from migrator.runner.errors import RevisionError
from migrator.runner.policy import WaitPolicy
from migrator.runner.upgrade import upgrade
from migrator.scratch import PostgresServer, find_binaries
from tests.migrator.conftest import SETTINGS, TESTED_VERSIONS, Database
from tests.migrator.runner.alembic_project import AlembicProject
from tests.migrator.runner.test_locks import NEVER, Upgrade

ROWS = "CREATE TABLE t (id int PRIMARY KEY, a int); INSERT INTO t VALUES (1, 0), (2, 0)"
# A queued try is long enough here for a busy machine to look at what it waits for.
POLICY = WaitPolicy(queued_try=1.0, queued_every=NEVER, lock_deadline=0.5, retry_base=0.3)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(binaries, id=f"pg{binaries.version}")
        for binaries in find_binaries()
        if binaries.version in TESTED_VERSIONS
    ],
)
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
