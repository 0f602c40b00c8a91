"""Contract revisions wait for their approval and their backfill; expand revisions never do."""

import re

import pytest

from migrator.project.history import HistoryError
from migrator.project.settings import MigratorSettings
from migrator.runner.downgrade import downgrade
from migrator.runner.errors import RevisionError
from migrator.runner.gates import GateError
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject
from tests.migrator.runner.test_upgrade import EXAMPLE

EXPAND, CONTRACT = "a2c95e07b4d1", "c6e8f1b35a92"


@pytest.fixture
def example(database: Database) -> MigratorSettings:
    """The example application's history."""
    return MigratorSettings(config=EXAMPLE, database_url=database.url)


def test_an_unapproved_contract_is_left_and_named(example: MigratorSettings) -> None:
    report = upgrade(example)
    assert report.revision == EXPAND
    assert report.gate is not None
    assert str(report.gate) == (
        f"contract revision {CONTRACT} is held back: it is not approved: add {CONTRACT} to the "
        f"stack's approved contracts, or give --approve {CONTRACT}"
    )


def test_an_approved_contract_waits_for_its_backfill(
    example: MigratorSettings, database: Database
) -> None:
    upgrade(example)
    database.execute(
        "ALTER TABLE users DISABLE TRIGGER USER;"
        "INSERT INTO users (username) SELECT 'user' || n FROM generate_series(1, 1234) n"
    )
    with pytest.raises(GateError, match="users_email has 1,234 rows left") as failure:
        upgrade(example, approved=[CONTRACT])
    assert "backfill run users_email" in str(failure.value)
    assert database.execute("SELECT version_num FROM alembic_version") == [(EXPAND,)]
    database.execute("UPDATE users SET email = username || '@example.com'")
    assert upgrade(example, approved=[CONTRACT]).applied == (CONTRACT,)
    assert database.execute(
        "SELECT attnotnull FROM pg_attribute WHERE attname = 'email' "
        "AND attrelid = 'users'::regclass"
    ) == [(True,)]


def counted_by(project: AlembicProject, where: str) -> None:
    """A contract revision that waits for a backfill with one row left."""
    project.add("aa11", "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    project.add("bb22", phase="contract", backfill="fill_it")
    (project.directory / "backfills" / "fill_it.py").write_text(
        "from migrator.backfill import Backfill\n"
        f"backfill = Backfill(name='fill_it', table='t', set={{'id': 'id'}}, where={where!r})\n"
    )


def test_counting_a_backfill_may_take_longer_than_other_queries(
    database: Database, project: AlembicProject
) -> None:
    counted_by(project, "pg_sleep(1.2) IS NOT NULL")
    database.execute(f"ALTER DATABASE {database.name} SET statement_timeout = '1s'")
    settings = project.settings(database.url)
    assert upgrade(settings).applied == ("aa11",)
    (pending,) = status(settings).pending
    assert "fill_it has 1 rows left" in pending.missing[1]
    with pytest.raises(GateError, match="fill_it has 1 rows left"):
        upgrade(settings, approved=["bb22"])


def test_a_backfill_that_cannot_be_counted_is_named(
    database: Database, project: AlembicProject
) -> None:
    counted_by(project, "nowhere(id)")
    settings = project.settings(database.url)
    upgrade(settings)
    expected = r"fill_it cannot be counted: function nowhere\(integer\) does not exist"
    with pytest.raises(GateError, match=expected):
        upgrade(settings, approved=["bb22"])
    (pending,) = status(settings).pending
    assert re.search(expected, pending.missing[1])


def test_a_connection_that_is_lost_while_counting_is_one_message(
    database: Database, project: AlembicProject
) -> None:
    counted_by(project, "pg_terminate_backend(pg_backend_pid())")
    settings = project.settings(database.url)
    upgrade(settings)
    for ask in (status, upgrade):
        with pytest.raises(GateError, match="fill_it cannot be counted: terminating connection"):
            ask(settings, approved=["bb22"])


def test_the_expand_phase_stops_before_an_approved_contract(example: MigratorSettings) -> None:
    assert upgrade(example, phase="expand", approved=[CONTRACT]).revision == EXPAND
    assert upgrade(example, phase="contract", approved=[CONTRACT]).applied == (CONTRACT,)


def test_the_expand_phase_of_a_new_database_passes_old_contracts(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11")
    project.add("bb22", phase="contract")
    project.add("cc33")
    project.add("dd44", phase="contract")
    settings = project.settings(database.url)
    report = upgrade(settings, phase="expand", approved=["bb22", "dd44"])
    assert report.applied == ("aa11", "bb22", "cc33")


def test_expand_revisions_behind_a_closed_gate_are_a_failure(
    database: Database, project: AlembicProject
) -> None:
    """The release that needs them must not roll out."""
    project.add("aa11")
    project.add("bb22", phase="contract")
    project.add("cc33")
    with pytest.raises(GateError, match=r"bb22 .*expand revisions wait behind it: cc33"):
        upgrade(project.settings(database.url))
    assert database.execute("SELECT version_num FROM alembic_version") == [("aa11",)]


def test_a_target_behind_a_closed_gate_is_a_failure(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11")
    project.add("bb22", phase="contract")
    with pytest.raises(GateError, match="bb22 cannot be reached"):
        upgrade(project.settings(database.url), target="bb22")


def test_a_missing_backfill_is_named(database: Database, project: AlembicProject) -> None:
    project.add("aa11", phase="contract", backfill="fill_it")
    with pytest.raises(GateError, match=r"backfill 'fill_it' is not in .*backfills"):
        upgrade(project.settings(database.url), approved=["aa11"])


@pytest.mark.parametrize("approval", ["aa11", "ffff"])
def test_an_approval_of_nothing_is_a_failure(
    database: Database, project: AlembicProject, approval: str
) -> None:
    project.add("aa11")
    with pytest.raises(HistoryError, match=f"'{approval}' is not a contract revision's id"):
        upgrade(project.settings(database.url), approved=[approval])


def test_a_revision_that_fails_leaves_the_database_where_alembic_says_it_is(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11", "CREATE TABLE t (id int)")
    project.add("bb22", "ALTER TABLE t ADD COLUMN a int", "ALTER TABLE t ADD COLUMN a text")
    project.add("cc33", "ALTER TABLE t ADD COLUMN c int")
    settings = project.settings(database.url)
    with pytest.raises(RevisionError) as failure:
        upgrade(settings)
    message = str(failure.value)
    assert "revision bb22 (step bb22) failed [SQLSTATE 42701]" in message
    assert 'column "a" of relation "t" already exists' in message
    assert "statement: ALTER TABLE t ADD COLUMN a text" in message
    assert database.execute("SELECT version_num FROM alembic_version") == [("aa11",)]
    assert database.execute("SELECT count(*) FROM pg_attribute WHERE attname = 'a'") == [(0,)]
    project.replace("bb22", "COLUMN a text", "COLUMN b text")
    assert upgrade(settings).applied == ("bb22", "cc33")


def test_a_downgrade_that_fails_says_where_the_database_is(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11")
    project.add("bb22", down=("DROP TABLE nowhere",))
    settings = project.settings(database.url)
    upgrade(settings)
    with pytest.raises(RevisionError, match="the database is at bb22; correct"):
        downgrade(settings, target="base")
    assert database.execute("SELECT version_num FROM alembic_version") == [("bb22",)]


def test_a_revision_whose_python_fails_is_named(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11", "CREATE TABLE t (id int)", ">>> {}['no such key']")
    with pytest.raises(RevisionError, match=r"revision aa11 .*KeyError.*no such key"):
        upgrade(project.settings(database.url))
    assert database.execute("SELECT to_regclass('t')") == [(None,)]


def test_values_do_not_reach_the_message(database: Database, project: AlembicProject) -> None:
    """A unique violation's DETAIL quotes the row."""
    project.add(
        "aa11",
        "CREATE TABLE t (mail text PRIMARY KEY)",
        ">>> import sqlalchemy as sa",
        ">>> t = sa.table('t', sa.column('mail'))",
        ">>> op.bulk_insert(t, [{'mail': 'ada@private.org'}, {'mail': 'ada@private.org'}])",
    )
    with pytest.raises(RevisionError, match="duplicate key") as failure:
        upgrade(project.settings(database.url))
    assert failure.value.__cause__ is None
    assert "private" not in str(failure.value)


def test_a_revision_that_the_files_do_not_have_is_named(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11")
    upgrade(project.settings(database.url))
    database.execute("UPDATE alembic_version SET version_num = 'from_a_newer_checkout'")
    with pytest.raises(HistoryError, match="'from_a_newer_checkout' is not a revision of"):
        upgrade(project.settings(database.url))
