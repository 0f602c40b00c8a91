"""env.py files that the runner refuses, for several databases or schemas: judged all the same."""

import os
from pathlib import Path

import alembic
import pytest

from migrator.lint.histories import lint_history
from tests.migrator.lint.conftest import Project

MULTIDB = Path(alembic.__file__).parent / "templates" / "multidb" / "env.py"
BY_NAME = """
def upgrade(engine_name):
    globals()["upgrade_%s" % engine_name]()

def upgrade_engine1():
    op.execute("DROP INDEX one")

def upgrade_engine2():
    # migrator: allow drop-index because it is small
    op.execute("DROP INDEX two")
    op.execute("ALTER TABLE t DROP COLUMN a")
"""
TENANTS = """
from alembic import context
for schema in ("north", "south"):
    context.configure(
        dialect_name="postgresql", version_table_schema=schema, output_buffer=open("out.sql", "a")
    )
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.fixture
def multidb(project: Project) -> Project:
    (project.folder / "env.py").write_text(MULTIDB.read_text())
    urls = "".join(f"[engine{n}]\nsqlalchemy.url = postgresql://h/d{n}\n" for n in (1, 2))
    logging = (
        "[loggers]\nkeys=root\n[logger_root]\nhandlers=\n[handlers]\nkeys=\n[formatters]\nkeys=\n"
    )
    text = f"[alembic]\nscript_location = {project.folder}\ndatabases = engine1, engine2\n"
    project.config.write_text(text + urls + logging)
    file = project.add("one", "pass")
    file.write_text(file.read_text().replace("\ndef upgrade() -> None:\n    pass\n", BY_NAME))
    return project


def test_each_database_of_the_template_for_many_is_judged(multidb: Project) -> None:
    found = [f.rule for f in lint_history(multidb.config) if f.severity == "unsafe"]
    assert sorted(found) == ["drop-column", "drop-index"]


def test_an_allowance_for_one_database_is_not_unused_in_another(multidb: Project) -> None:
    assert "unused-allowance" not in [f.rule for f in lint_history(multidb.config)]


def test_output_that_env_py_writes_to_files_is_left_unwritten(
    multidb: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine1.sql").write_text("kept")
    assert lint_history(multidb.config)
    assert (tmp_path / "engine1.sql").read_text() == "kept"
    assert not (tmp_path / "engine2.sql").exists()


def test_schemas_that_get_the_same_are_judged_once(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (project.folder / "env.py").write_text(TENANTS)
    project.add("one", "op.execute('DROP INDEX i')")
    found = [f.rule for f in lint_history(project.config) if f.severity != "info"]
    assert found == ["drop-index"]
    assert "out.sql" not in os.listdir()
