"""A revision's transactions are the runner's to begin and to end."""

import pytest

from migrator.runner.errors import RevisionError
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject


@pytest.mark.parametrize(
    ("control", "name"),
    [
        ("COMMIT", "COMMIT"),
        ("begin work", "begin work"),
        ("ROLLBACK AND CHAIN", "ROLLBACK AND CHAIN"),
        ("PREPARE TRANSACTION 'mine'", "PREPARE TRANSACTION 'mine'"),
        ("UPDATE t SET a = a + 1; COMMIT; SELECT 1", "COMMIT"),
        ('>>> outside("BEGIN; UPDATE t SET a = a + 1; COMMIT")', "BEGIN"),
    ],
)
def test_a_revision_does_not_commit_behind_the_runner(
    database: Database, project: AlembicProject, control: str, name: str
) -> None:
    """What it commits is not in the journal, so that a retry would do it again."""
    database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    if not control.startswith(">>>"):  # an autocommit_block commits what comes before it
        project.add("aa11", "UPDATE t SET a = a + 1", control, "ALTER TABLE t ADD COLUMN b int")
    else:
        project.add("aa11", control)
    with pytest.raises(RevisionError, match="begin or end a transaction itself") as failure:
        upgrade(project.settings(database.url))
    message = str(failure.value)
    assert f"itself: {name}. " in message
    assert "autocommit_block" in message
    assert database.execute("SELECT * FROM t") == [(1,)]
    assert status(project.settings(database.url)).half_applied == ()


def test_savepoints_and_the_transactions_of_others_are_left_to_the_revision(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    project.add(
        "aa11",
        "SAVEPOINT here",
        "UPDATE t SET a = a + 1",
        "ROLLBACK TO SAVEPOINT here",
        "RELEASE SAVEPOINT here",
        ">>> outside(\"COMMIT PREPARED 'theirs'\")",
    )
    with pytest.raises(RevisionError, match=r"prepared transaction .*theirs.* does not exist"):
        upgrade(project.settings(database.url))
    assert database.execute("SELECT * FROM t") == [(1,)]


def test_what_cannot_be_in_a_transaction_is_run_outside(
    database: Database, project: AlembicProject
) -> None:
    database.execute(
        "CREATE TABLE t (a int) PARTITION BY RANGE (a); "
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (9); CREATE INDEX t_a ON t (a)"
    )
    for number, statement in enumerate(
        (
            f"REINDEX SYSTEM {database.name}",
            f"REINDEX DATABASE {database.name}",
            "REINDEX SCHEMA public",
            "REINDEX TABLE t",
            "REINDEX INDEX t_a",
            "CLUSTER t USING t_a",
        )
    ):
        project.add(f"rev{number}", f">>> outside({statement!r})")
    assert len(upgrade(project.settings(database.url)).applied) == 6


SESSION = "__import__('sqlalchemy.orm').orm.Session(op.get_bind(), join_transaction_mode={!r})"
FAILING = """session = {session}
    try:
        session.execute(__import__("sqlalchemy").text("SELECT 1 / 0"))
    except Exception:
        session.rollback()"""


@pytest.mark.parametrize(
    "call",
    [
        "op.get_bind().commit()",
        "op.get_bind().rollback()",
        "op.get_bind().begin()",
        "op.get_bind().connection.commit()",
        "with op.get_bind() as connection: pass",
        f"(s := {SESSION.format('control_fully')}).connection() and s.commit()",
        "try: op.get_bind().commit()\n    except Exception: pass",
        FAILING.format(session=SESSION.format("rollback_only")),
        "with op.get_context().autocommit_block(): op.get_bind().commit()",
    ],
)
def test_nor_by_a_method_of_its_connection(
    database: Database, project: AlembicProject, call: str
) -> None:
    database.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
    in_block = "autocommit_block" in call
    before = () if in_block else ("UPDATE t SET a = a + 1",)
    project.add("aa11", *before, f">>> {call}", "ALTER TABLE t ADD COLUMN b int")
    with pytest.raises(RevisionError, match="begin or end a transaction itself") as failure:
        upgrade(project.settings(database.url))
    first = 18 + len(before)
    line = first + 4 if call.startswith("session") else first
    assert f"() (line {line}). What it commits" in str(failure.value)
    assert "statement:" not in str(failure.value)
    assert database.execute("SELECT * FROM t") == [(1,)]
    assert status(project.settings(database.url)).half_applied == ()


def test_a_failure_that_is_cleared_up_after_is_told_itself(
    database: Database, project: AlembicProject
) -> None:
    failing = FAILING.format(session=SESSION.format("rollback_only"))
    project.add("aa11", f">>> {failing}\n        raise")
    with pytest.raises(RevisionError, match="division by zero"):
        upgrade(project.settings(database.url))


def test_a_session_that_alembics_transaction_outlives_is_left_alone(
    database: Database, project: AlembicProject
) -> None:
    """SQLAlchemy commits nothing there, and savepoints are the revision's own."""
    session = SESSION.format("conditional_savepoint")
    project.add(
        "aa11",
        "CREATE TABLE t (a int)",
        f""">>> with {session} as session:
        session.execute(__import__("sqlalchemy").text("INSERT INTO t VALUES (1)"))
        session.commit()
    with op.get_bind().begin_nested() as nested:
        op.execute("INSERT INTO t VALUES (2)")
        nested.rollback()
    outside("ALTER TABLE t ADD COLUMN b int")""",
        ">>> op.get_bind().get_isolation_level()",
    )
    upgrade(project.settings(database.url))
    assert database.execute("SELECT a FROM t") == [(1,)]


def test_a_lost_connection_is_given_up(database: Database, project: AlembicProject) -> None:
    """SQLAlchemy closes it by the methods that are a revision's not to call."""
    setting = "idle_in_transaction_session_timeout"
    sleep = ">>> __import__('time').sleep(0.5)"
    project.add("aa11", f"SET LOCAL {setting} = '50ms'", sleep, "SELECT 1")
    with pytest.raises(RevisionError, match="idle-in-transaction timeout"):
        upgrade(project.settings(database.url))
