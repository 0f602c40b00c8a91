"""Strong locks are waited for without making the application wait."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from migrator.runner.errors import RevisionError
from migrator.runner.policy import WaitPolicy
from migrator.runner.upgrade import UpgradeReport, upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject

NEVER = 3600.0
TABLES = "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int, parent int)"


class Upgrade(threading.Thread):
    """An upgrade in the background; `waiting` is set once it says that it waits for a lock."""

    def __init__(self, project: AlembicProject, database: Database, policy: WaitPolicy) -> None:
        super().__init__(daemon=True)
        self.settings = project.settings(database.url)
        self.policy = policy
        self.waiting = threading.Event()
        self.said: list[str] = []
        self.report: UpgradeReport | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.report = upgrade(self.settings, policy=self.policy, say=self._hear)
        except BaseException as error:  # noqa: BLE001
            self.error = error
            self.waiting.set()

    def _hear(self, line: str) -> None:
        self.said.append(line)
        if line.startswith("waiting for"):
            self.waiting.set()

    def says(self, text: str) -> None:
        """Waits until it has said it."""
        deadline = time.monotonic() + 60
        while not any(text in line for line in self.said):
            assert time.monotonic() < deadline, self.said
            assert self.error is None, self.error
            time.sleep(0.01)

    def finish(self) -> UpgradeReport:
        self.join(60)
        assert self.error is None, self.error
        assert self.report is not None
        return self.report


@contextmanager
def reader(database: Database, table: str, name: str = "reports") -> Iterator[psycopg.Connection]:
    """An open transaction that has read a table."""
    with database.connect(autocommit=False, name=name) as connection:
        connection.execute(f"SELECT count(*) FROM {table}".encode())
        yield connection


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE parent ADD COLUMN note text",
        "CREATE INDEX ON parent (id)",
        "ALTER TABLE child ADD FOREIGN KEY (parent) REFERENCES parent NOT VALID",
        "CREATE TABLE other (parent int REFERENCES parent)",
        "DROP TABLE parent",
    ],
)
def test_others_work_while_a_lock_is_waited_for(
    database: Database, project: AlembicProject, statement: str
) -> None:
    database.execute(TABLES)
    project.add("aa11", statement)
    with database.connect(autocommit=False, name="writer") as holder:
        holder.execute("INSERT INTO parent VALUES (1)")
        running = Upgrade(project, database, WaitPolicy(queued_every=NEVER))
        running.start()
        assert running.waiting.wait(60)
        assert "(writer, user postgres, idle in transaction)" in running.said[-1]
        assert "INSERT INTO parent VALUES (1)" in running.said[-1]
        with database.connect() as other:
            other.execute("SET lock_timeout = '50ms'")
            for number in range(50):
                other.execute("INSERT INTO parent VALUES (%s)", [number + 10])
        holder.rollback()
        assert running.finish().applied == ("aa11",)


def test_a_short_stay_in_the_queue_gets_a_lock_that_is_never_free(
    database: Database, project: AlembicProject
) -> None:
    """Readers that overlap leave no gap for a probe; a queued try makes the next ones wait."""
    database.execute(TABLES)
    project.add("aa11", "ALTER TABLE parent ADD COLUMN note text")
    stop = threading.Event()

    def read() -> None:
        with database.connect(autocommit=False, name="reader") as connection:
            while not stop.is_set():
                connection.execute("SELECT count(*) FROM parent, pg_sleep(0.02)")
                connection.commit()

    readers = [threading.Thread(target=read) for _ in range(6)]
    for thread in readers:
        thread.start()
    try:
        policy = WaitPolicy(queued_every=0.05, queued_try=1.0)
        running = Upgrade(project, database, policy)
        running.start()
        assert running.finish().applied == ("aa11",)
    finally:
        stop.set()
        for thread in readers:
            thread.join()


def test_the_deadline_names_the_revision_and_who_is_in_the_way(
    database: Database, project: AlembicProject
) -> None:
    database.execute(TABLES)
    project.add("aa11", "ALTER TABLE child ADD COLUMN note text")
    project.add("bb22", "ALTER TABLE parent ADD COLUMN note text")
    with reader(database, "parent") as holder:
        running = Upgrade(project, database, WaitPolicy(lock_deadline=0.3))
        running.start()
        running.join(60)
        pid = holder.info.backend_pid
    assert isinstance(running.error, RevisionError)
    message = str(running.error)
    assert "revision bb22 (step bb22) failed" in message
    assert "ALTER TABLE parent ADD COLUMN note text" in message
    assert f"pid {pid} (reports, user postgres, idle in transaction)" in message
    assert "SELECT count(*) FROM parent" in message
    assert "the database is at aa11" in message
    assert database.execute("SELECT version_num FROM alembic_version") == [("aa11",)]


def test_a_lock_is_not_kept_while_another_is_waited_for(
    database: Database, project: AlembicProject
) -> None:
    """The revision gives up its first lock, and starts over when the second is not free."""
    database.execute(TABLES)
    project.add(
        "aa11",
        "ALTER TABLE child ADD COLUMN note text",
        "ALTER TABLE parent ADD COLUMN note text",
    )
    with reader(database, "parent") as holder:
        running = Upgrade(project, database, WaitPolicy(queued_try=0.02, retry_base=0.05))
        running.start()
        with database.connect() as other:
            other.execute("SET lock_timeout = '5s'")
            for _ in range(20):
                other.execute("INSERT INTO child VALUES (1, 1)")
        holder.rollback()
        assert running.finish().applied == ("aa11",)
    assert database.execute("SELECT count(note) FROM child") == [(0,)]


def test_the_next_attempt_takes_all_the_locks_at_once(
    database: Database, project: AlembicProject
) -> None:
    """Otherwise a revision with two busy tables would block one at every attempt, for nothing."""
    database.execute(TABLES)
    project.add(
        "aa11",
        "ALTER TABLE child ADD COLUMN note text",
        "ALTER TABLE parent ADD COLUMN note text",
    )
    with reader(database, "parent") as holder:
        policy = WaitPolicy(queued_try=0.02, queued_every=NEVER, retry_base=0.01)
        running = Upgrade(project, database, policy)
        running.start()
        assert running.waiting.wait(60)
        both = "waiting for child (ACCESS EXCLUSIVE), parent (ACCESS EXCLUSIVE)"
        assert running.said[-1].startswith(both)
        with database.connect() as other:
            other.execute("SET lock_timeout = '10ms'")
            for _ in range(50):
                other.execute("INSERT INTO child VALUES (1, 1)")
        holder.rollback()
        assert running.finish().applied == ("aa11",)


@pytest.mark.parametrize(
    "rows",
    [
        "UPDATE parent SET id = -id WHERE id = 1",
        "SELECT id FROM parent WHERE id = 1 FOR UPDATE",
        "SELECT negate(1)",
    ],
)
def test_rows_are_not_kept_locked_while_a_table_is_waited_for(
    database: Database, project: AlembicProject, rows: str
) -> None:
    """Whoever holds the table may want such a row next, and PostgreSQL sees no deadlock there."""
    database.execute(TABLES)
    database.execute(
        "INSERT INTO parent VALUES (1); CREATE FUNCTION negate(int) RETURNS void LANGUAGE sql "
        "AS 'UPDATE parent SET id = -id WHERE id = $1'"
    )
    project.add("aa11", rows, "ALTER TABLE parent ADD COLUMN note text")
    with reader(database, "parent") as application:
        application.execute("SET lock_timeout = '5s'")
        running = Upgrade(project, database, WaitPolicy(queued_try=0.02, queued_every=NEVER))
        running.start()
        assert running.waiting.wait(60)
        application.execute("UPDATE parent SET id = 7 WHERE id = 1")
        application.commit()
        assert running.finish().applied == ("aa11",)
    assert database.execute("SELECT id, note FROM parent") == [(7, None)]
    (lost,) = (line for line in running.said if "lost a lock" in line)
    assert "(reports, user postgres, idle in transaction) has AccessShareLock on parent" in lost


def test_what_runs_under_locks_that_were_taken_ahead_has_to_be_quick(
    database: Database, project: AlembicProject
) -> None:
    """The first attempt may take its time, when only rows are locked; a later one keeps all out."""
    database.execute(TABLES)
    database.execute("INSERT INTO parent VALUES (1)")
    slow = "DO $$ BEGIN PERFORM pg_sleep(1); END $$"
    project.add(
        "aa11", "UPDATE parent SET id = 7", slow, "ALTER TABLE parent ADD COLUMN note text", slow
    )
    policy = WaitPolicy(queued_try=0.02, queued_every=NEVER, strong_statement=0.5)
    with reader(database, "parent") as holder:
        running = Upgrade(project, database, policy)
        running.start()
        assert running.waiting.wait(60)
        holder.rollback()
        running.join(60)
    assert isinstance(running.error, RevisionError)
    assert "--statement-limit" in str(running.error)
    assert upgrade(project.settings(database.url), policy=policy).applied == ("aa11",)


def test_rows_of_a_savepoint_that_was_rolled_back_are_not_held(
    database: Database, project: AlembicProject
) -> None:
    database.execute(TABLES)
    database.execute("INSERT INTO parent VALUES (1)")
    project.add(
        "aa11",
        ">>> savepoint = op.get_bind().begin_nested()",
        "UPDATE parent SET id = 7",
        ">>> savepoint.rollback()",
        "ALTER TABLE parent ADD COLUMN note text",
    )
    with reader(database, "parent") as holder:
        running = Upgrade(project, database, WaitPolicy(queued_every=NEVER))
        running.start()
        assert running.waiting.wait(60)
        holder.rollback()
        assert running.finish().applied == ("aa11",)
    assert not any("lost a lock" in line for line in running.said)


def test_a_revision_that_loses_a_deadlock_is_run_again_as_a_whole(
    database: Database, project: AlembicProject
) -> None:
    # A sequence is not rolled back, so it counts the attempts.
    database.execute("CREATE SEQUENCE attempts; CREATE TABLE t (id int)")
    project.add(
        "aa11",
        "INSERT INTO t VALUES (1)",
        "DO $$ BEGIN IF nextval('attempts') < 3 THEN "
        "RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; END $$",
    )
    report = upgrade(project.settings(database.url), policy=WaitPolicy(retry_base=0.01))
    assert report.applied == ("aa11",)
    assert database.execute("SELECT last_value FROM attempts") == [(3,)]
    assert database.execute("SELECT count(*) FROM t") == [(1,)]


def test_a_hidden_lock_is_not_queued_for_long(database: Database, project: AlembicProject) -> None:
    """A lock that code takes cannot be foreseen; the lock timeout holds all the same."""
    database.execute(TABLES)
    project.add("aa11", "DO $$ BEGIN EXECUTE 'LOCK TABLE ' || lower('PARENT'); END $$")
    with reader(database, "parent"):
        policy = WaitPolicy(queued_try=0.05, lock_deadline=0.2, retry_base=0.1)
        with pytest.raises(RevisionError) as failure:
            upgrade(project.settings(database.url), policy=policy)
    assert failure.value.sqlstate == "55P03"


def test_a_statement_that_keeps_others_out_for_long_is_cancelled(
    database: Database, project: AlembicProject
) -> None:
    database.execute(TABLES)
    database.execute("INSERT INTO parent SELECT generate_series(1, 20)")
    rewrite = "ALTER TABLE parent ADD COLUMN slow text DEFAULT pg_sleep(0.1)::text"
    project.add("aa11", rewrite)
    policy = WaitPolicy(strong_statement=0.3)
    with pytest.raises(RevisionError, match="--statement-limit") as failure:
        upgrade(project.settings(database.url), policy=policy)
    assert failure.value.sqlstate == "57014"
    project.replace(
        "aa11", "op.execute", "op.execute('SET LOCAL statement_timeout = 0'); op.execute"
    )
    assert upgrade(project.settings(database.url), policy=policy).applied == ("aa11",)


def test_what_a_concurrent_index_waits_for_is_said(
    database: Database, project: AlembicProject
) -> None:
    """A transaction that somebody left open would keep it waiting for ever."""
    database.execute(TABLES)
    project.add("aa11", '>>> outside("CREATE INDEX CONCURRENTLY parent_id ON parent (id)")')
    with database.connect(autocommit=False, name="forgotten") as holder:
        holder.execute("INSERT INTO parent VALUES (1)")
        running = Upgrade(project, database, WaitPolicy(report_every=0.05))
        running.start()
        expected = f"still waiting for pid {holder.info.backend_pid} (forgotten, user postgres"
        while not any(line.startswith(expected) for line in running.said):
            assert running.is_alive(), running.error
        assert "INSERT INTO parent VALUES (1)" in running.said[-1]
        holder.rollback()
        assert running.finish().applied == ("aa11",)


def test_validate_and_concurrently_have_no_limit(
    database: Database, project: AlembicProject
) -> None:
    """Both wait here for longer than a strong lock would be allowed to."""
    database.execute(TABLES)
    database.execute("ALTER TABLE parent ADD CONSTRAINT positive CHECK (id > 0) NOT VALID")
    for revision, statement in (
        ("aa11", "CREATE INDEX CONCURRENTLY parent_id ON parent (id)"),
        ("bb22", "ALTER TABLE parent VALIDATE CONSTRAINT positive"),
    ):
        project.add(revision, f">>> outside({statement!r})")
        with database.connect(autocommit=False, name="maintenance") as holder:
            # Conflicts with CONCURRENTLY and VALIDATE, not with the application.
            holder.execute("LOCK TABLE parent IN SHARE UPDATE EXCLUSIVE MODE")
            running = Upgrade(project, database, WaitPolicy(queued_try=0.02, strong_statement=0.05))
            running.start()
            while database.execute("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
                assert running.is_alive(), running.error
            holder.execute("SELECT pg_sleep(0.3)")
            holder.rollback()
            assert running.finish().applied == (revision,)
