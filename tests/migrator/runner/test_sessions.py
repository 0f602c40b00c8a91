"""A run is not at the mercy of how its role, the server or a pooler is set up."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from migrator.backfill import Backfill, run_backfill
from migrator.database import PooledError
from migrator.errors import MigratorError, UsageError
from migrator.runner.downgrade import downgrade
from migrator.runner.policy import WaitPolicy
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from migrator.snapshot.reader import read
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import ENV, AlembicProject, make_project
from tests.migrator.runner.test_locks import NEVER, Upgrade


@pytest.fixture
def role(database: Database) -> Iterator[str]:
    """A role that owns the schema `app` and nothing else."""
    database.execute("CREATE ROLE owner_of_app LOGIN; CREATE SCHEMA app AUTHORIZATION owner_of_app")
    database.execute("ALTER ROLE owner_of_app SET search_path = app")
    yield "owner_of_app"
    database.execute("DROP OWNED BY owner_of_app CASCADE; DROP ROLE owner_of_app")


def as_role(database: Database, role: str) -> str:
    return database.url.replace("postgres@", f"{role}@")


def test_timeouts_of_the_role_do_not_end_a_run(
    database: Database, project: AlembicProject, role: str
) -> None:
    database.execute("CREATE TABLE app.t (a int); ALTER TABLE app.t OWNER TO owner_of_app")
    database.execute(f"GRANT CREATE ON DATABASE {database.name} TO {role}")
    database.execute(f"ALTER ROLE {role} SET idle_session_timeout = '200ms'")
    database.execute(f"ALTER ROLE {role} SET statement_timeout = '200ms'")
    if database.version >= 17:
        database.execute(f"ALTER ROLE {role} SET transaction_timeout = '200ms'")
    project.add("aa11", '>>> outside("CREATE INDEX CONCURRENTLY t_a ON t (a)")')
    project.add(
        "bb22",
        ">>> import time",
        '>>> outside("SELECT 1")',
        ">>> time.sleep(0.4)",
        "ALTER TABLE t ADD COLUMN b int",
    )
    with database.connect(autocommit=False, name="old") as holder:
        holder.execute("SELECT * FROM app.t")
        running = Upgrade(project, database, WaitPolicy(report_every=0.05))
        running.settings = project.settings(as_role(database, role))
        running.start()
        time.sleep(0.6)
    assert running.finish().applied == ("aa11", "bb22")


def test_limits_of_the_role_end_neither_status_nor_the_reading_of_its_catalog(
    database: Database, project: AlembicProject, role: str
) -> None:
    """Nor is what the URL sets for its sessions lost with them."""
    database.execute("CREATE TABLE app.t (a int); CREATE VIEW app.v AS SELECT a FROM app.t")
    database.execute(f"ALTER ROLE {role} SET lock_timeout = '5ms'")
    database.execute(f"ALTER ROLE {role} SET statement_timeout = '100ms'")
    if database.version >= 17:
        database.execute(f"ALTER ROLE {role} SET transaction_timeout = '100ms'")
    database.execute(f"ALTER ROLE {role} SET search_path = public")
    url = as_role(database, role)
    joint = "&" if "?" in url else "?"
    with database.connect(autocommit=False) as other:
        other.execute("LOCK TABLE app.t IN ACCESS EXCLUSIVE MODE")
        threading.Timer(0.4, other.rollback).start()
        catalog = read(f"{url}{joint}options=-csearch_path%3Dapp")
    assert {"t", "v"} <= set(catalog.tables)
    assert status(project.settings(url)).revision is None


@pytest.mark.parametrize(
    ("by_role", "engine"),
    [("repeatable read", ""), ("serializable", ""), ("read committed", "REPEATABLE READ")],
)
def test_after_a_wait_for_a_lock_what_was_written_meanwhile_is_seen(
    database: Database, tmp_path: Path, by_role: str, engine: str
) -> None:
    option = f"isolation_level={engine!r}" if engine else ""
    env = ENV.replace("engine.connect()", f"engine.connect().execution_options({option})")
    project = make_project(tmp_path / "project", env)
    database.execute(
        f"ALTER DATABASE {database.name} SET default_transaction_isolation = '{by_role}';"
        "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE TABLE copied (a int, b int)"
    )
    project.add(
        "aa11",
        "ALTER TABLE t ADD COLUMN b int",
        "UPDATE t SET b = a",
        "INSERT INTO copied SELECT * FROM t",
    )
    with database.connect(autocommit=False) as writer:
        writer.execute("UPDATE t SET a = 2")
        running = Upgrade(project, database, WaitPolicy(queued_every=NEVER))
        running.start()
        assert running.waiting.wait(60)
        writer.execute("INSERT INTO t VALUES (3)")
    assert running.finish().applied == ("aa11",)
    assert database.execute("SELECT * FROM copied ORDER BY a") == [(2, 2), (3, 3)]


def test_a_role_that_may_not_be_idle_in_a_transaction_is_told_of_it(
    database: Database, project: AlembicProject
) -> None:
    database.execute(
        f"ALTER DATABASE {database.name} SET idle_in_transaction_session_timeout = '200ms'"
    )
    project.add(
        "aa11", "CREATE TABLE t (a int)", ">>> import time", ">>> time.sleep(0.6)", "SELECT 1"
    )
    with pytest.raises(MigratorError, match="SET LOCAL idle_in_transaction_session_timeout"):
        upgrade(project.settings(database.url))
    allowed = "SET LOCAL idle_in_transaction_session_timeout = 10000"
    project.replace("aa11", "CREATE TABLE t (a int)", f"{allowed}; CREATE TABLE t (a int)")
    assert upgrade(project.settings(database.url)).applied == ("aa11",)


def test_the_missing_privilege_is_named_before_anything_runs(
    database: Database, project: AlembicProject, role: str
) -> None:
    project.add("aa11", "CREATE TABLE t (a int)", '>>> outside("CREATE INDEX ON t (a)")')
    settings = project.settings(as_role(database, role))
    advice = r"run: CREATE SCHEMA \"migrator\" AUTHORIZATION \"owner_of_app\""
    with pytest.raises(MigratorError, match=advice):
        upgrade(settings)
    assert database.execute("SELECT to_regclass('app.t')") == [(None,)]
    database.execute("CREATE SCHEMA migrator AUTHORIZATION owner_of_app")
    assert upgrade(settings).applied == ("aa11",)


@pytest.mark.parametrize(
    ("prepared", "revision", "refusal"),
    [
        (
            "ALTER ROLE {role} SET default_transaction_read_only = on",
            None,
            "transactions of the role owner_of_app are read only here",
        ),
        ("ALTER ROLE {role} SET search_path = nowhere", None, "no schema is there in the search_"),
        (
            "ALTER ROLE {role} SET search_path = other; CREATE SCHEMA other;"
            "GRANT USAGE ON SCHEMA other TO {role}",
            None,
            'GRANT CREATE ON SCHEMA "other" TO "owner_of_app"',
        ),
        (
            "{table}; GRANT SELECT, UPDATE ON app.alembic_version TO {role}",
            None,
            'GRANT INSERT ON "alembic_version" TO "owner_of_app"',
        ),
        (
            "{table}; GRANT SELECT, INSERT ON app.alembic_version TO {role};"
            "INSERT INTO app.alembic_version VALUES ('aa11')",
            "aa11",
            'GRANT UPDATE ON "alembic_version" TO "owner_of_app"',
        ),
        (
            "{table}; GRANT SELECT, UPDATE ON app.alembic_version TO {role};"
            "INSERT INTO app.alembic_version VALUES ('bb22')",
            "bb22",
            'GRANT DELETE ON "alembic_version" TO "owner_of_app"',
        ),
    ],
)
def test_a_version_table_that_cannot_be_written_is_refused_before_anything_runs(
    database: Database,
    project: AlembicProject,
    role: str,
    prepared: str,
    revision: str | None,
    refusal: str,
) -> None:
    table = "CREATE TABLE app.alembic_version (version_num varchar(32) PRIMARY KEY)"
    database.execute(f"GRANT CREATE ON DATABASE {database.name} TO {role}")
    database.execute(prepared.format(role=role, table=table))
    outside = '>>> outside("CREATE TABLE app.t (a int)")'
    project.add("aa11", outside, down=("DROP TABLE app.t",))
    project.add("bb22", outside, down=(outside,))
    settings = project.settings(as_role(database, role))
    run = partial(downgrade, target="base") if revision == "bb22" else upgrade
    with pytest.raises(UsageError, match=re.escape(refusal)):
        run(settings)
    assert database.execute("SELECT to_regclass('app.t')") == [(None,)]
    assert status(settings).revision == revision


def test_a_backfill_that_can_write_nothing_is_refused(database: Database) -> None:
    database.execute(
        f"ALTER DATABASE {database.name} SET default_transaction_read_only = on;"
        "CREATE TABLE item (id int PRIMARY KEY, b int)"
    )
    fill = Backfill(name="fill", table="item", set={"b": "id"}, where="b IS NULL")
    with pytest.raises(UsageError, match="transactions of the role postgres are read only here"):
        run_backfill(database.url, fill)


def test_a_backfill_names_the_missing_privilege_too(database: Database, role: str) -> None:
    database.execute("CREATE TABLE app.t (id int PRIMARY KEY, b int)")
    database.execute("ALTER TABLE app.t OWNER TO owner_of_app; CREATE SCHEMA migrator")
    fill = Backfill(name="fill", table="app.t", set={"b": "id"}, where="b IS NULL")
    with pytest.raises(MigratorError, match='GRANT USAGE, CREATE ON SCHEMA "migrator" TO'):
        run_backfill(as_role(database, role), fill)
    database.execute("GRANT USAGE, CREATE ON SCHEMA migrator TO owner_of_app")
    assert run_backfill(as_role(database, role), fill).remaining == 0


def test_an_id_that_the_version_table_cannot_take_is_refused(
    database: Database, project: AlembicProject
) -> None:
    long = "a" * 41
    project.add("aa11", "CREATE TABLE t (a int)")
    project.add(long, "CREATE TABLE u (a int)")
    settings = project.settings(database.url)
    with pytest.raises(MigratorError, match=r"has 41 characters, but alembic_version takes 32"):
        upgrade(settings)
    assert database.execute("SELECT to_regclass('t')") == [(None,)]
    assert upgrade(settings, target="aa11").applied == ("aa11",)
    database.execute("ALTER TABLE alembic_version ALTER version_num TYPE varchar(255)")
    assert upgrade(settings).applied == (long,)


@contextmanager
def pooler(database: Database) -> Iterator[int]:
    """The port of a proxy that tells clients a process id of its own, as PgBouncer does."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, target: socket.socket, *, replace: bool) -> None:
        with suppress(OSError):  # one of the two has gone
            while data := source.recv(65536):
                if replace and (at := data.find(b"K\0\0\0\x0c")) >= 0:
                    data = data[: at + 5] + b"\0\0\0\x07" + data[at + 9 :]
                    replace = False
                target.sendall(data)
        target.close()

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", database.server.port))
            for pair, replace in (((client, server), False), ((server, client), True)):
                threading.Thread(
                    target=pump, args=pair, kwargs={"replace": replace}, daemon=True
                ).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def test_a_pooler_is_refused_before_anything_is_set(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE TABLE item (id int PRIMARY KEY, b int)")
    project.add("aa11", "CREATE TABLE t (a int)")
    fill = Backfill(name="fill", table="item", set={"b": "id"}, where="b IS NULL")
    with pooler(database) as port:
        url = database.url.replace(f":{database.server.port}/", f":{port}/")
        for run in (
            lambda: upgrade(project.settings(url)),
            lambda: status(project.settings(url)),
            lambda: run_backfill(url, fill),
        ):
            with pytest.raises(PooledError, match="PgBouncer"):
                run()
    assert database.execute("SELECT to_regclass('t'), to_regnamespace('migrator')") == [
        (None, None)
    ]


@pytest.mark.parametrize(
    "own", ["sa.create_engine(op.get_bind().engine.url)", "op.get_bind().engine"]
)
def test_a_revision_that_waits_for_itself_is_ended(
    database: Database, project: AlembicProject, own: str
) -> None:
    database.execute("CREATE TABLE t (a int)")
    project.add(
        "aa11",
        ">>> import sqlalchemy as sa",
        "ALTER TABLE t ADD COLUMN b int",
        f">>> other = {own}.connect().execution_options(isolation_level='AUTOCOMMIT')",
        ">>> other.execute(sa.text('CREATE INDEX CONCURRENTLY t_b ON t (a)'))",
    )
    advice = r"CREATE INDEX CONCURRENTLY t_b ON t \(a\) waited for what .*autocommit_block"
    with pytest.raises(MigratorError, match=advice):
        upgrade(project.settings(database.url))
    assert database.execute("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass") == [
        (0,)
    ]
