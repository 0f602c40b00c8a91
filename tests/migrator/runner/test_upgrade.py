"""The example application's history on real PostgreSQL."""

from pathlib import Path

import pytest

from migrator.project.settings import MigratorSettings
from migrator.runner.downgrade import downgrade
from migrator.runner.errors import RevisionError
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import ENV, AlembicProject, make_project

EXAMPLE = Path(__file__).parents[3] / "migrations" / "alembic.ini"


def test_upgrade_reaches_head_and_does_nothing_the_second_time(database: Database) -> None:
    settings = MigratorSettings(config=EXAMPLE, database_url=database.url)
    first = upgrade(settings, approved=["c6e8f1b35a92"])
    assert first.previous is None
    assert len(first.applied) == 5
    assert database.execute("SELECT version_num FROM alembic_version") == [(first.revision,)]
    second = upgrade(settings, approved=["c6e8f1b35a92"])
    assert (second.previous, second.revision, second.applied) == (
        first.revision,
        first.revision,
        (),
    )


def test_a_version_table_of_another_name_and_schema(database: Database, tmp_path: Path) -> None:
    """As foreign projects have it; env.py decides, the runner asks."""
    named = "target_metadata=None, version_table='Version', version_table_schema='My App'"
    project = make_project(tmp_path / "project", ENV.replace("target_metadata=None", named))
    project.add("aa11", ">>> outside('SELECT 1')", down=("SELECT 1",))
    project.add("bb22", "CREATE TABLE t (id int)", down=("DROP TABLE t",))
    database.execute('CREATE SCHEMA "My App"')
    settings = project.settings(database.url)
    assert upgrade(settings).applied == ("aa11", "bb22")
    assert upgrade(settings).applied == ()
    assert downgrade(settings, target="-1").undone == ("bb22",)
    assert database.execute('SELECT version_num FROM "My App"."Version"') == [("aa11",)]


def test_an_env_that_knows_its_database_by_itself(
    database: Database, project: AlembicProject
) -> None:
    """Neither option nor alembic.ini names it: env.py's own connection is used and guarded."""
    env = ENV.replace(
        "config.get_section(config.config_ini_section, {})",
        f'{{"sqlalchemy.url": {database.url!r}}}',
    )
    (project.directory / "env.py").write_text(env)
    project.add("aa11", "CREATE TABLE t (id int)")
    settings = MigratorSettings(config=project.config)
    assert upgrade(settings).applied == ("aa11",)
    assert upgrade(settings).previous == "aa11"


def prepared(directory: Path, statement: str) -> AlembicProject:
    """A project whose env.py prepares its session, with two revisions, one of two transactions."""
    configure = "    context.configure("
    setting = f"    connection.exec_driver_sql({statement!r})\n    connection.commit()\n"
    project = make_project(directory, ENV.replace(configure, setting + configure))
    project.add("aa11", "CREATE TABLE t (id int)", down=("DROP TABLE t",))
    project.add("bb22", ">>> outside('VACUUM t')", down=("SELECT 1",))
    return project


def test_what_one_tenants_schema_has_half_of_is_not_left_out_of_anothers(
    database: Database, tmp_path: Path
) -> None:
    database.execute("CREATE SCHEMA one; CREATE SCHEMA two")
    for tenant in ("one", "two"):
        project = prepared(tmp_path / tenant, f"SET search_path TO {tenant}")
        last = "SELECT 1 / 0" if tenant == "one" else "SELECT 1"
        project.add("cc33", ">>> outside('CREATE TABLE u (id int)')", last)
        settings = project.settings(database.url)
        if tenant == "one":
            with pytest.raises(RevisionError, match="half applied"):
                upgrade(settings)
        else:
            assert upgrade(settings).applied == ("aa11", "bb22", "cc33")
            assert database.execute("SELECT to_regclass('two.u')::text") == [("two.u",)]


@pytest.mark.parametrize(
    ("made", "statement"),
    [
        # Alembic's cookbook has this for one schema a tenant.
        ("CREATE SCHEMA tenant", "SET search_path TO tenant"),
        # The migrator's own user may not read what this role makes.
        (
            "CREATE ROLE maker; CREATE ROLE app LOGIN; GRANT maker TO app; "
            "CREATE SCHEMA tenant AUTHORIZATION maker; "
            "ALTER ROLE app NOINHERIT; "
            "GRANT CREATE ON DATABASE {database} TO maker",
            "SET ROLE maker; SET search_path TO tenant",
        ),
    ],
)
def test_the_session_of_env_py_decides_what_is_read(
    database: Database, tmp_path: Path, made: str, statement: str
) -> None:
    database.execute(made.format(database=database.name))
    user = "app" if "ROLE app" in made else "postgres"
    project = prepared(tmp_path / "project", statement)
    settings = project.settings(database.url.replace("//postgres", f"//{user}"))
    try:
        assert upgrade(settings).applied == ("aa11", "bb22")
        assert upgrade(settings).previous == "bb22"
        assert status(settings).revision == "bb22"
        assert downgrade(settings, target="base").undone == ("bb22", "aa11")
        assert database.execute("SELECT to_regclass('tenant.t')") == [(None,)]
        assert status(settings).revision is None
    finally:
        if user == "app":
            database.execute(
                "DROP OWNED BY maker, app CASCADE; DROP SCHEMA IF EXISTS tenant CASCADE; "
                "DROP ROLE app; DROP ROLE maker"
            )


def test_a_revision_that_leaves_the_process_in_another_folder(
    database: Database, project: AlembicProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.directory)
    project.add("aa11", ">>> import os; os.chdir('/')", "CREATE TABLE t (id int)")
    project.add("bb22", "CREATE TABLE u (id int)")
    settings = MigratorSettings(config=Path("alembic.ini"), database_url=database.url)
    assert upgrade(settings).applied == ("aa11", "bb22")
    assert Path.cwd() == project.directory
