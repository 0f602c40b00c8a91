"""env.py files that are meant for several databases or schemas, or that commit by themselves."""

from pathlib import Path

import alembic
import pytest

from migrator.errors import MigratorError
from migrator.project.one_database import SeveralDatabasesError
from migrator.project.settings import MigratorSettings
from migrator.runner.downgrade import downgrade
from migrator.runner.errors import RevisionError
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import ENV, AlembicProject

TEMPLATES = Path(alembic.__file__).parent / "templates"
TENANTS = """
from alembic import context
from sqlalchemy import create_engine, text
engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    for tenant in ("north", "south"):
        connection.execute(text(f"SET search_path TO {tenant}"))
        {commit}
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""
AGAIN = """
from alembic import context
from sqlalchemy import create_engine
engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection)
    for tenant in ("north", "south"):
        with context.begin_transaction():
            context.run_migrations()
"""
CHOSEN = """
from alembic import context
from sqlalchemy import create_engine, text
tenant = context.get_x_argument(as_dictionary=True)["tenant"]
engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    connection.execute(text(f"SET search_path TO {tenant}"))
    connection.commit()
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
BEGUN = ENV.replace("engine.connect()", "engine.begin()")
KEPT_OPEN = ENV.replace("    context.configure", "    connection.begin()\n    context.configure")
CATCHING = "try:\n    {}\nexcept Exception:\n    pass\n"


def tables(database: Database) -> list[tuple[object, ...]]:
    return database.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace IN "
        "(SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information)')"
    )


def multidb(project: AlembicProject, first: Database, second: str) -> MigratorSettings:
    """What `alembic init -t multidb` writes."""
    project.config.write_text(
        "[alembic]\nscript_location = %(here)s\ndatabases = engine1, engine2\n"
        f"[engine1]\nsqlalchemy.url = {first.url}\n[engine2]\nsqlalchemy.url = {second}\n"
        "[loggers]\nkeys=root\n[logger_root]\nlevel=WARNING\nhandlers=\n"
        "[handlers]\nkeys=\n[formatters]\nkeys=\n"
    )
    env = (TEMPLATES / "multidb" / "env.py").read_text()
    (project.directory / "env.py").write_text(env)
    project.add("aa11", "CREATE TABLE t (id int)")
    (file,) = (project.directory / "versions").iterdir()
    file.write_text(file.read_text().replace("grade():", "grade(engine_name):"))
    return MigratorSettings(config=project.config)


def test_an_env_for_several_databases_is_refused_before_anything_runs(
    database: Database, project: AlembicProject
) -> None:
    settings = multidb(project, database, database.server.url(driver="postgresql+psycopg"))
    database.execute("CREATE TABLE alembic_version (version_num varchar(32))")
    database.execute("INSERT INTO alembic_version VALUES ('aa11')")  # the other is behind
    for command in (status, upgrade, lambda given: downgrade(given, target="base")):
        with pytest.raises(SeveralDatabasesError) as refusal:
            command(settings)
        message = str(refusal.value)
        assert f"/{database.name}?" in message
        assert "/postgres?" in message
        assert "-x database=" in message
    assert tables(database) == [("alembic_version",)]


@pytest.mark.parametrize(
    "env",
    [TENANTS.replace("{commit}", "connection.commit()"), TENANTS.replace("{commit}", ""), AGAIN],
)
@pytest.mark.parametrize("caught", [False, True])
def test_an_env_for_several_schemas_is_refused_and_told_of_x(
    database: Database, project: AlembicProject, env: str, caught: bool
) -> None:
    database.execute("CREATE SCHEMA north; CREATE SCHEMA south")
    if caught:
        env = CATCHING.format(env.strip().replace("\n", "\n    "))
    (project.directory / "env.py").write_text(env)
    project.add("aa11", "CREATE TABLE t (id int)")
    for command in (status, upgrade):
        with pytest.raises(SeveralDatabasesError, match="-x schema=… upgrade"):
            command(project.settings(database.url))
    assert tables(database) == []


def test_an_env_that_chooses_by_x_is_run_once_for_each(
    database: Database, project: AlembicProject
) -> None:
    database.execute("CREATE SCHEMA north; CREATE SCHEMA south")
    (project.directory / "env.py").write_text(CHOSEN)
    project.add("aa11", "CREATE TABLE t (id int)")
    for tenant in ("north", "south"):
        settings = MigratorSettings(
            config=project.config, database_url=database.url, x=(f"tenant={tenant}",)
        )
        assert upgrade(settings).applied == ("aa11",)
    assert tables(database).count(("t",)) == 2


def test_a_transaction_of_env_pys_own_that_it_commits_is_no_hindrance(
    database: Database, project: AlembicProject
) -> None:
    (project.directory / "env.py").write_text(BEGUN)
    project.add("aa11", "CREATE TABLE t (id int)", down=("DROP TABLE t",))
    project.add("bb22", "CREATE TABLE u (id int)", down=("DROP TABLE u",))
    assert upgrade(project.settings(database.url)).applied == ("aa11", "bb22")
    assert downgrade(project.settings(database.url), target="base").revision is None


@pytest.mark.parametrize("env", [BEGUN, KEPT_OPEN])
def test_a_revision_that_such_a_transaction_forbids_says_so(
    database: Database, project: AlembicProject, env: str
) -> None:
    (project.directory / "env.py").write_text(env)
    project.add("aa11", "CREATE TABLE t (id int)", '>>> outside("CREATE INDEX ON t (id)")')
    reason = r"env.py has begun a transaction [^§]* An autocommit_block has to commit"
    with pytest.raises(RevisionError, match=reason) as failure:
        upgrade(project.settings(database.url))
    assert "the database is at base" in str(failure.value)
    assert tables(database) == []


def test_a_transaction_that_env_py_does_not_commit_is_named_at_the_first_revision(
    database: Database, project: AlembicProject
) -> None:
    (project.directory / "env.py").write_text(KEPT_OPEN)
    project.add("aa11", "CREATE TABLE t (id int)")
    project.add("bb22", "CREATE TABLE u (id int)")
    with pytest.raises(MigratorError, match=r"has begun a transaction .* nothing was applied"):
        upgrade(project.settings(database.url))
    assert tables(database) == []


def test_where_the_database_is_was_read_from_it(
    database: Database, project: AlembicProject
) -> None:
    (project.directory / "env.py").write_text(ENV)
    project.add("aa11", "CREATE TABLE t (id int)")
    drop = f"DROP DATABASE {database.name} WITH (FORCE)"
    url = database.server.url(driver="postgresql+psycopg")
    gone = (
        f">>> import sqlalchemy as sa; e = sa.create_engine({url!r}, isolation_level='AUTOCOMMIT')"
    )
    project.add("bb22", gone, f">>> e.connect().exec_driver_sql({drop!r})", "SELECT 1")
    with pytest.raises(RevisionError) as failure:
        upgrade(project.settings(database.url))
    assert "the database is at" not in str(failure.value)
    assert "correct the cause and run this again" in str(failure.value)
