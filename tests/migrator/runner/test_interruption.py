"""kill -9 at every step of an upgrade: the next run continues, and nothing is done twice."""

import multiprocessing
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from migrator.runner.downgrade import downgrade
from migrator.runner.errors import RevisionError
from migrator.runner.journal import HalfAppliedError
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject

FORK = multiprocessing.get_context("fork")


def fill(project: AlembicProject) -> None:
    """Two revisions; the second commits four times before Alembic writes it down."""
    project.add("aa11", "CREATE TABLE log (line text)", "CREATE TABLE t (a int)")
    project.add(
        "bb22",
        "INSERT INTO log VALUES ('before')",
        "ALTER TABLE t ADD COLUMN b int",
        "ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID",
        '>>> outside("CREATE INDEX CONCURRENTLY t_b ON t (b)",'
        " \"INSERT INTO log VALUES ('outside')\","
        ' "ALTER TABLE t VALIDATE CONSTRAINT positive")',
        "INSERT INTO log VALUES ('between')",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        '>>> outside("CREATE INDEX CONCURRENTLY t_a ON t (a)", "DROP INDEX CONCURRENTLY t_b")',
        "ALTER TABLE t DROP CONSTRAINT positive",
        "INSERT INTO log VALUES ('after')",
        down=(
            "DELETE FROM log",
            '>>> outside("DROP INDEX CONCURRENTLY t_a")',
            "ALTER TABLE t DROP COLUMN b",
        ),
    )


def is_complete(database: Database) -> bool:
    """Whether all is there, once."""
    return (
        database.execute("SELECT version_num FROM alembic_version") == [("bb22",)]
        and database.execute("SELECT line FROM log")
        == [("before",), ("outside",), ("between",), ("after",)]
        and database.execute(
            "SELECT indexrelid::regclass::text FROM pg_index "
            "WHERE indrelid = 't'::regclass AND indisvalid"
        )
        == [("t_a",)]
        and database.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == [(0,)]
        and database.execute("SELECT count(*) FROM migrator.revision_journal") == [(0,)]
    )


def killed(run: Callable[[], object], point: int) -> None:
    """Runs in a process of its own, and dies before its `point`-th message to the server."""
    sent = 0

    def counting(send: Callable[..., object]) -> Callable[..., object]:
        def count(*arguments: object, **keywords: object) -> object:
            nonlocal sent
            sent += 1
            if sent == point:
                os.kill(os.getpid(), signal.SIGKILL)
            return send(*arguments, **keywords)

        return count

    # All that the runner, SQLAlchemy and Alembic send to the server comes through these.
    psycopg.Cursor.execute = counting(psycopg.Cursor.execute)  # type: ignore[method-assign]
    psycopg.Connection.commit = counting(psycopg.Connection.commit)  # type: ignore[method-assign]
    psycopg.Connection.rollback = counting(psycopg.Connection.rollback)  # type: ignore[method-assign]
    psycopg.Transaction.__exit__ = counting(psycopg.Transaction.__exit__)  # type: ignore[method-assign]
    run()


def kill_at(run: Callable[[], object], point: int) -> bool:
    """Whether the run was killed, and not done before that."""
    process = FORK.Process(target=killed, args=(run, point))
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode == -signal.SIGKILL


def reset(database: Database) -> None:
    database.execute(
        "DROP SCHEMA public CASCADE; DROP SCHEMA IF EXISTS migrator CASCADE; CREATE SCHEMA public"
    )


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.sweep), 15])
def test_killed_at_every_message_and_run_again(
    database: Database, project: AlembicProject, stride: int
) -> None:
    fill(project)
    settings = project.settings(database.url)
    # Both versions share the runner's code, so that each may meet other points.
    point, killed = 1 + database.version % stride, True
    while killed:
        reset(database)
        killed = kill_at(lambda: upgrade(settings), point)
        upgrade(settings)
        assert is_complete(database), f"killed at message {point}"
        point += stride
    assert point > 60


def test_killed_again_and_again_on_the_way(database: Database, project: AlembicProject) -> None:
    """Each run is allowed a little more than the one before, and adds to what is there."""
    fill(project)
    settings = project.settings(database.url)
    runs = 0
    while kill_at(lambda: upgrade(settings), 30 + 3 * runs):
        runs += 1
    assert runs > 5
    assert is_complete(database)


def test_a_downgrade_killed_on_the_way_is_finished_by_the_next(
    database: Database, project: AlembicProject
) -> None:
    fill(project)
    settings = project.settings(database.url)
    runs = 0
    upgrade(settings)
    while kill_at(lambda: downgrade(settings, target="aa11"), 25 + 3 * runs):
        runs += 1
    assert runs > 3
    assert database.execute("SELECT version_num FROM alembic_version") == [("aa11",)]
    assert database.execute("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass") == [
        (0,)
    ]
    upgrade(settings)
    assert is_complete(database)


def test_a_half_applied_revision_has_to_be_finished_first(
    database: Database, project: AlembicProject
) -> None:
    """Its journal takes for granted what another run would remove."""
    project.add("aa11", "CREATE TABLE t (a int)", down=("DROP TABLE t",))
    project.add(
        "bb22", "ALTER TABLE t ADD COLUMN b int", '>>> outside("VACUUM t", "VACUUM nowhere")'
    )
    settings = project.settings(database.url)
    with pytest.raises(RevisionError, match="nowhere"):
        upgrade(settings)
    half = status(settings).half_applied
    assert [str(each) for each in half] == ["revision bb22 is half applied: 2 statements of it"]
    unfinished = r"bb22 is half applied.*finish it first with upgrade\..*WHERE revision = 'bb22'$"
    with pytest.raises(HalfAppliedError, match=unfinished):
        downgrade(settings, target="base")
    with pytest.raises(HalfAppliedError, match=unfinished):
        upgrade(settings, target="aa11")
    project.replace("bb22", "VACUUM nowhere", "VACUUM t")
    assert upgrade(settings).applied == ("bb22",)
    assert status(settings).half_applied == ()


def test_a_half_undone_revision_has_to_be_undone_first(
    database: Database, project: AlembicProject
) -> None:
    """The version table still has it, so that an upgrade would find nothing to do."""
    project.add("aa11", "CREATE TABLE t (a int)", down=("DROP TABLE t",))
    project.add(
        "bb22",
        "ALTER TABLE t ADD COLUMN b int",
        down=('>>> outside("ALTER TABLE t DROP COLUMN b", "VACUUM nowhere")',),
    )
    settings = project.settings(database.url)
    upgrade(settings)
    with pytest.raises(RevisionError, match=r"bb22 is half undone: 1 statements of it"):
        downgrade(settings, target="aa11")
    unfinished = r"bb22 is half undone.*finish it first with downgrade"
    with pytest.raises(HalfAppliedError, match=unfinished):
        upgrade(settings)
    with pytest.raises(HalfAppliedError, match=unfinished):
        downgrade(settings, target="bb22")
    project.replace("bb22", "VACUUM nowhere", "VACUUM t")
    assert downgrade(settings, target="aa11").undone == ("bb22",)
    assert upgrade(settings).applied == ("bb22",)


def test_a_connection_that_is_lost_outside_a_transaction_is_the_reason_given(
    database: Database, project: AlembicProject
) -> None:
    database.execute(
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE FUNCTION lose(int) RETURNS int "
        "IMMUTABLE LANGUAGE sql AS 'SELECT pg_terminate_backend(pg_backend_pid())::int'"
    )
    project.add("aa11", '>>> outside("CREATE INDEX CONCURRENTLY t_a ON t (lose(a))")')
    settings = project.settings(database.url)
    with pytest.raises(RevisionError, match="terminating connection") as failure:
        upgrade(settings)
    assert failure.value.sqlstate == "57P01"
    assert failure.value.__cause__ is None  # it would carry the statement's parameters
    database.execute(
        "CREATE OR REPLACE FUNCTION lose(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'"
    )
    assert upgrade(settings).applied == ("aa11",)


def test_a_revision_edited_after_it_was_half_applied_is_told(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE t (a int)")
    project.add(
        "aa11", "ALTER TABLE t ADD COLUMN b int", '>>> outside("SELECT 1", "VACUUM nowhere")'
    )
    settings = project.settings(database.url)
    with pytest.raises(RevisionError, match="nowhere"):
        upgrade(settings)
    project.replace("aa11", "COLUMN b int", "COLUMN c int")
    project.replace("aa11", "VACUUM nowhere", "VACUUM t")
    said: list[str] = []
    upgrade(settings, say=said.append)
    assert any("aa11 was changed after an earlier attempt: 1 of the" in line for line in said)


def test_a_statement_with_other_values_is_not_taken_for_done(
    database: Database, project: AlembicProject
) -> None:
    """The rows that a revision loops over may be others by the next attempt."""
    database.execute("CREATE TABLE t (id int, v jsonb); INSERT INTO t VALUES (1), (2)")
    database.execute("CREATE TABLE log (line text)")
    project.add(
        "aa11",
        ">>> import sqlalchemy as sa",
        ">>> from sqlalchemy.dialects.postgresql import JSONB",
        ">>> due = sa.text('SELECT id FROM t WHERE v IS NULL ORDER BY id')",
        ">>> fill = sa.text('UPDATE t SET v = :v WHERE id = :id')",
        ">>> fill = fill.bindparams(sa.bindparam('v', type_=JSONB))",
        ">>> log = sa.table('log', sa.column('line'))",
        # Alike for the first hundred characters, as values of one kind often are.
        ">>> for key in op.get_bind().scalars(due).all():"
        " op.get_bind().execute(fill, {'v': 'x' * 100 + str(key), 'id': key})",
        ">>> op.execute(log.insert().values(line='s3cr3t'))",
        ">>> op.bulk_insert(log, [{'line': 'a'}, {'line': 'b'}])",
        '>>> outside("VACUUM nowhere")',
    )
    settings = project.settings(database.url)
    said: list[str] = []
    with pytest.raises(RevisionError, match="nowhere"):
        upgrade(settings, say=said.append)
    assert "s3cr3t" not in str(database.execute("SELECT * FROM migrator.revision_journal"))
    database.execute("INSERT INTO t VALUES (3), (4)")
    project.replace("aa11", "VACUUM nowhere", "VACUUM t")
    upgrade(settings, say=said.append)
    assert database.execute("SELECT id FROM t WHERE v #>> '{}' = repeat('x', 100) || id") == [
        (1,),
        (2,),
        (3,),
        (4,),
    ]
    assert database.execute("SELECT line FROM log ORDER BY 1") == [("a",), ("b",), ("s3cr3t",)]
    assert "s3cr3t" not in "".join(said)


@pytest.mark.parametrize(
    "reading",
    [
        ">>> key = op.get_bind().scalar(sa.text('INSERT INTO t (v) VALUES (7) RETURNING id'))",
        ">>> (key,) = op.get_bind().execute(t.insert().values(v=7)).inserted_primary_key",
        ">>> key, _ = op.get_bind().scalars(t.insert().returning(t.c.id), [{'v': 7}, {'v': 8}])",
    ],
)
def test_rows_of_a_statement_that_is_done_are_not_pretended(
    database: Database, project: AlembicProject, reading: str
) -> None:
    database.execute("CREATE TABLE t (id serial PRIMARY KEY, v int); CREATE TABLE log (key int)")
    project.add(
        "aa11",
        ">>> import sqlalchemy as sa",
        ">>> key = sa.Column('id', sa.Integer, primary_key=True)",
        ">>> t = sa.Table('t', sa.MetaData(), key, sa.Column('v', sa.Integer))",
        reading,
        ">>> op.execute(sa.text('INSERT INTO log VALUES (:key)').bindparams(key=key))",
        '>>> outside("VACUUM nowhere")',
    )
    settings = project.settings(database.url)
    with pytest.raises(RevisionError, match="nowhere"):
        upgrade(settings)
    project.replace("aa11", "VACUUM nowhere", "VACUUM t")
    with pytest.raises(RevisionError, match=r"committed INSERT INTO t .* its rows") as failure:
        upgrade(settings)
    way_out = re.search(r"DELETE FROM .* AND fingerprint = '\w+'", str(failure.value))
    assert way_out is not None
    database.execute(f"DELETE FROM t; {way_out[0]}")
    assert upgrade(settings).applied == ("aa11",)
    assert database.execute("SELECT v FROM t JOIN log ON key = id") == [(7,)]


def test_what_a_killed_migrator_still_runs_is_waited_for(
    database: Database, project: AlembicProject, tmp_path: Path
) -> None:
    """PostgreSQL finishes a statement before it notices that its client is gone."""
    database.execute("CREATE TABLE log (line text)")
    project.add(
        "aa11",
        '>>> outside("DO $$ BEGIN PERFORM pg_sleep(1.5); '
        "INSERT INTO log VALUES ('slow'); COMMIT; END $$\")",
    )
    settings = project.settings(database.url)
    process = FORK.Process(target=upgrade, args=(settings,))
    process.start()
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    while database.execute(asleep) == [(0,)]:
        assert process.is_alive()
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    project.replace("aa11", "pg_sleep(1.5)", "pg_sleep(0)")
    upgrade(settings)
    # Opaque code outside a transaction is run again; never beside its first run.
    assert database.execute("SELECT count(*) FROM log") == [(2,)]
