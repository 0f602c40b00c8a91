"""env.py files of other people's projects."""

import io
import logging
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from migrator.errors import MigratorError
from migrator.project.settings import MigratorSettings
from migrator.runner.status import status
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import ENV, AlembicProject

ASYNC_ENV = """
import asyncio

from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

config = context.config


def do_run_migrations(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def run_async_migrations():
    engine = create_async_engine(config.get_main_option("sqlalchemy.url"))
    async with engine.connect() as connection:
        await connection.run_sync(do_run_migrations)
    await engine.dispose()


asyncio.run(run_async_migrations())
"""
LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = ERROR
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = generic
[formatter_generic]
format = %(message)s
"""


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What a handler of the program's own hears from the migrator."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    logger = logging.getLogger("migrator")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_an_env_that_sets_up_logging_unasked_leaves_the_migrators_as_it_is(
    database: Database, project: AlembicProject, heard: list[str]
) -> None:
    """As `alembic init` wrote it until 2021."""
    setting_up = (
        "from logging.config import fileConfig\nfileConfig(context.config.config_file_name)"
    )
    env = ENV.replace("config = context.config", f"config = context.config\n{setting_up}")
    (project.directory / "env.py").write_text(env)
    with project.config.open("a") as file:
        file.write(LOGGING)
    project.add("aa11", "CREATE TABLE t (id int)", ">>> outside('SELECT 1')", "SELECT 1 / 0")
    with pytest.raises(Exception, match="division by zero"):
        upgrade(project.settings(database.url))
    project.replace("aa11", "SELECT 1 / 0", "SELECT 1")
    before = (logging.getLogger().level, list(logging.getLogger().handlers))
    heard.clear()
    assert upgrade(project.settings(database.url)).applied == ("aa11",)
    assert heard[0] == "applying aa11 (step aa11)"
    assert "aa11: an earlier attempt has done 1 statements of it" in heard  # said amid env.py
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before


def test_an_async_env_is_run_on_the_migrators_own_connection(
    database: Database, project: AlembicProject
) -> None:
    (project.directory / "env.py").write_text(ASYNC_ENV)
    project.add("aa11", "CREATE TABLE t (id int)", ">>> outside('CREATE INDEX ON t (id)')")
    assert upgrade(project.settings(database.url)).applied == ("aa11",)


def test_an_async_env_with_a_session_of_its_own_is_told_what_to_write_instead(
    database: Database, project: AlembicProject
) -> None:
    setting = 'connect_args={"options": "-csearch_path=app"}'
    env = ASYNC_ENV.replace('"sqlalchemy.url")', f'"sqlalchemy.url"), {setting}')
    assert setting in env
    (project.directory / "env.py").write_text(env)
    project.add("aa11", "CREATE TABLE t (id int)")
    with pytest.raises(MigratorError) as refusal:
        upgrade(project.settings(database.url))
    told = textwrap.dedent(str(refusal.value).partition("\n\n")[2])
    (project.directory / "env.py").write_text(
        env.replace("asyncio.run(run_async_migrations())\n", told)
    )
    assert upgrade(project.settings(database.url)).applied == ("aa11",)


@pytest.mark.parametrize("template", ["generic", "async", "pyproject", "pyproject_async"])
def test_every_template_of_alembic_works_as_it_is(
    database: Database, tmp_path: Path, template: str
) -> None:
    config = Config(
        str(tmp_path / "alembic.ini"),
        toml_file=str(tmp_path / "pyproject.toml"),
        stdout=io.StringIO(),
    )
    command.init(config, str(tmp_path / "migrations"), template=template)
    url = database.url.replace("+psycopg", "+asyncpg")  # which need not be installed
    ini = (tmp_path / "alembic.ini").read_text()
    ini = re.sub("^sqlalchemy.url = .*", f"sqlalchemy.url = {url}", ini, flags=re.MULTILINE)
    (tmp_path / "alembic.ini").write_text(ini)
    AlembicProject(directory=tmp_path / "migrations").add("aa11", "CREATE TABLE t (id int)")
    names = ["alembic.ini", *(["pyproject.toml"] if "pyproject" in template else [])]
    for name in names:
        assert status(MigratorSettings(config=tmp_path / name)).head == "aa11"
    assert upgrade(MigratorSettings(config=tmp_path / names[-1])).applied == ("aa11",)
