"""`migrator trace`: from the command line, on servers that it starts itself."""

import json
import os
import subprocess
from pathlib import Path

import psutil
import pytest
import typer
from typer.testing import CliRunner

from migrator.project.settings import MigratorSettings
from migrator.scratch import PostgresServer, find_binaries
from migrator.trace.cli import register
from tests.migrator.lint.conftest import Project, project
from tests.migrator.trace.conftest import NewDatabase

__all__ = ["project"]
RUNNER = CliRunner()
SETUP = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE parents (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code char(3) NOT NULL);
CREATE TABLE people (
    id bigserial PRIMARY KEY,
    parent_id bigint NOT NULL REFERENCES parents (id),
    boss_id bigint REFERENCES people (id),
    email varchar(40) NOT NULL UNIQUE,
    age smallint, score numeric(4, 2), token uuid, born date, at timestamptz, ip inet,
    tags text[], settings jsonb, feeling mood, doubled int GENERATED ALWAYS AS (age * 2) STORED
);
CREATE TABLE picky (code text CHECK (code ~ '^x+$'));
"""
SLOW = """
CREATE TABLE numbers (n int);
CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql
    AS 'BEGIN PERFORM pg_sleep(0.02); RETURN n; END';
"""


def run(config: Path, *arguments: str):
    app = typer.Typer()

    @app.callback()
    def settings(ctx: typer.Context) -> None:
        ctx.obj = MigratorSettings(config=config)

    register(app)
    before = servers()
    result = RUNNER.invoke(app, ["trace", *arguments])
    assert servers() <= before
    return result


def servers() -> set[int]:
    """The PostgreSQL servers below this process: other tests may share one."""
    children = psutil.Process(os.getpid()).children()
    return {child.pid for child in children if child.name() == "postgres"}


def test_a_sql_file_on_generated_rows(tmp_path: Path) -> None:
    (tmp_path / "setup.sql").write_text(SETUP)
    file = tmp_path / "change.sql"
    file.write_text(
        "ALTER TABLE people ADD COLUMN stamp uuid DEFAULT gen_random_uuid();\n"
        "CREATE INDEX CONCURRENTLY people_born ON people (born);\n"
        "BEGIN;\nALTER TABLE people ADD CONSTRAINT adult CHECK (age >= 0) NOT VALID;\nCOMMIT;\n"
    )
    setup = str(tmp_path / "setup.sql")
    result = run(tmp_path, "--sql", str(file), "--setup", setup, "--rows", "500", "--format=json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    first, second, third = report["statements"]
    assert first["rewrites"] == ["people"]
    assert first["locks"] == [{"relation": "people", "mode": "ACCESS EXCLUSIVE"}]
    assert second["scans"] == ["people"]
    assert second["locks"] == [{"relation": "people", "mode": "SHARE UPDATE EXCLUSIVE"}]
    assert (third["rewrites"], third["scans"]) == ([], [])
    assert [s["differences_from_lint"] for s in report["statements"]] == [[], [], []]
    assert [entry["table"] for entry in report["unfilled"]] == ["picky"]


@pytest.mark.parametrize(
    "setup",
    [
        "CREATE TABLE log (k int, at date NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE log_all PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2040-01-01');"
        "CREATE TABLE log_d PARTITION OF log DEFAULT;",
        "CREATE TABLE log (k int); CREATE TABLE log_d (CHECK (k * 2 < 0)) INHERITS (log);",
    ],
    ids=["default partition", "inheritance"],
)
def test_a_relation_without_rows_is_named_where_a_scan_of_it_is_claimed(
    tmp_path: Path, setup: str
) -> None:
    """Nobody can see an empty table being read row by row."""
    (tmp_path / "setup.sql").write_text(setup)
    file = tmp_path / "change.sql"
    file.write_text(
        "CREATE TABLE untouched ();\nUPDATE log SET k = 1;\nALTER TABLE log ALTER k SET NOT NULL;\n"
    )
    options = ("--setup", str(tmp_path / "setup.sql"), "--rows", "100", "--format=json")
    result = run(tmp_path, "--sql", str(file), *options)
    assert result.exit_code == 0, result.output + repr(result.exception)
    report = json.loads(result.stdout)
    assert {entry["table"] for entry in report["unfilled"]} == {"log_d"}
    text = run(tmp_path, "--sql", str(file), *options[:-1])
    assert "log_d stayed empty" in " ".join(text.stdout.split())


def test_a_table_that_refuses_one_generated_row_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "setup.sql").write_text("CREATE TABLE picky (k int CHECK (k * 2 < 100));")
    file = tmp_path / "change.sql"
    file.write_text("ALTER TABLE picky ALTER k SET NOT NULL;\n")
    setup = str(tmp_path / "setup.sql")
    result = run(tmp_path, "--sql", str(file), "--setup", setup, "--rows", "100", "--format=json")
    assert result.exit_code == 0, result.output
    assert [entry["table"] for entry in json.loads(result.stdout)["unfilled"]] == ["picky"]


def test_the_time_of_a_concurrent_build_counts(tmp_path: Path) -> None:
    (tmp_path / "setup.sql").write_text(SLOW)
    file = tmp_path / "change.sql"
    file.write_text("CREATE INDEX CONCURRENTLY numbers_slow ON numbers (slow(n));\n")
    setup = str(tmp_path / "setup.sql")
    result = run(tmp_path, "--sql", str(file), "--setup", setup, "--rows", "20", "--format=json")
    (statement,) = json.loads(result.stdout)["statements"]
    assert statement["seconds"] >= 20 * 0.02


BACKFILLED = 'phase = "contract"\nbackfill = "t_a"'


def test_revisions_run_after_those_before_them(project: Project) -> None:
    project.add("one", 'op.create_table("t", sa.Column("id", sa.BigInteger, primary_key=True))')
    project.add("two", 'op.add_column("t", sa.Column("a", sa.Text))')
    check = 'op.execute("ALTER TABLE t ADD CONSTRAINT a_set CHECK (a IS NOT NULL) NOT VALID")\n'
    block = "with op.get_context().autocommit_block():\n    "
    validate = 'op.execute("ALTER TABLE t VALIDATE CONSTRAINT a_set")'
    project.add("three", check + block + validate, attributes=BACKFILLED)
    result = run(project.config, "two:three", "--rows", "100", "--format", "json")
    # Without the backfill that the revision names, its rows would not pass.
    assert result.exit_code == 0, result.output
    added, validated = json.loads(result.stdout)["statements"]
    assert (added["scans"], validated["scans"]) == ([], ["t"])
    assert validated["locks"] == [{"relation": "t", "mode": "SHARE UPDATE EXCLUSIVE"}]


def test_a_finished_backfill_leaves_no_null(project: Project) -> None:
    kinds = ("date", "timestamptz", "int8", "inet", "daterange", "int4range", "int8range")
    kinds += ("numrange", "tsrange", "tstzrange", "datemultirange")
    columns = ", ".join(f"ADD {kind}_column {kind}" for kind in kinds)
    required = ", ".join(f"ALTER {kind}_column SET NOT NULL" for kind in kinds)
    project.add("one", 'op.create_table("t", sa.Column("id", sa.BigInteger, primary_key=True))')
    project.add("two", f'op.execute("ALTER TABLE t {columns}")')
    project.add("three", f'op.execute("ALTER TABLE t {required}")', attributes=BACKFILLED)
    result = run(project.config, "one:three", "--rows", "100", "--format", "json")
    assert result.exit_code == 0, result.output


def test_values_that_the_table_refuses_are_told(project: Project) -> None:
    project.add("one", 'op.execute("CREATE TABLE t (id int)")')
    project.add("two", 'op.execute("ALTER TABLE t ADD a int CONSTRAINT below CHECK (a * 2 < 0)")')
    project.add("three", 'op.execute("SELECT 1")', attributes=BACKFILLED)
    result = run(project.config, "one:three")
    assert result.exit_code == 2
    assert 'violates check constraint "below"' in result.output


def test_a_dump_of_the_schema_is_a_setup(
    server: PostgresServer, new_database: NewDatabase, tmp_path: Path
) -> None:
    dump = tmp_path / "dump.sql"
    pg_dump = server.binaries.program("pg_dump")
    command = [pg_dump, "--schema-only", "--file", str(dump), "--dbname", new_database()]
    subprocess.run(command, check=True)
    file = tmp_path / "change.sql"
    file.write_text("CREATE TABLE more (id int);\nALTER TABLE users ADD COLUMN more int;\n")
    version = str(server.binaries.version)
    options = ("--setup", str(dump), "--pg-version", version, "--format", "json")
    result = run(tmp_path, "--sql", str(file), *options)
    assert result.exit_code == 0, result.output
    _, added = json.loads(result.stdout)["statements"]
    assert added["locks"] == [{"relation": "users", "mode": "ACCESS EXCLUSIVE"}]


def test_a_setup_that_fails_is_told(tmp_path: Path) -> None:
    (tmp_path / "setup.sql").write_text("CREATE TABLE t (id int);\nCREATE TABEL u (id int);\n")
    file = tmp_path / "change.sql"
    file.write_text("SELECT 1;\n")
    result = run(tmp_path, "--sql", str(file), "--setup", str(tmp_path / "setup.sql"))
    assert result.exit_code == 2
    assert 'setup: syntax error at or near "TABEL"' in result.output


def test_a_statement_that_fails_is_told_with_exit_code_1(tmp_path: Path) -> None:
    file = tmp_path / "change.sql"
    file.write_text("ALTER TABLE missing ADD COLUMN a int;\n")
    result = run(tmp_path, "--sql", str(file), "--format", "json")
    assert result.exit_code == 1
    (statement,) = json.loads(result.stdout)["statements"]
    assert 'relation "missing" does not exist' in statement["error"]


def test_a_transaction_that_fails_at_its_end_is_told(tmp_path: Path) -> None:
    file = tmp_path / "change.sql"
    file.write_text(
        "CREATE TABLE pair (a int UNIQUE DEFERRABLE INITIALLY DEFERRED);\n"
        "BEGIN;\nINSERT INTO pair VALUES (1);\nINSERT INTO pair VALUES (1);\nCOMMIT;\n"
    )
    result = run(tmp_path, "--sql", str(file), "--format", "json")
    assert result.exit_code == 1, result.output
    statements = json.loads(result.stdout)["statements"]
    assert statements[-1]["error"].startswith("at COMMIT: duplicate key")


def test_an_opaque_revision_is_refused_with_its_line(project: Project) -> None:
    project.add("one", "sa.inspect(op.get_bind()).get_table_names()")
    result = run(project.config, "one")
    assert result.exit_code == 2
    assert "one.py:9" in result.output.replace("\n", "")


@pytest.mark.parametrize("version", [b.version for b in find_binaries()])
def test_a_version_may_be_chosen(version: int, tmp_path: Path) -> None:
    file = tmp_path / "change.sql"
    file.write_text("SELECT 1;\n")
    result = run(tmp_path, "--sql", str(file), "--pg-version", str(version), "--format", "json")
    assert json.loads(result.stdout)["server"].startswith(f"PostgreSQL {version}.")


def test_a_version_that_is_not_installed_is_a_usage_error(tmp_path: Path) -> None:
    file = tmp_path / "change.sql"
    file.write_text("SELECT 1;\n")
    result = run(tmp_path, "--sql", str(file), "--pg-version", "7")
    assert result.exit_code == 2
    assert "is not installed here (there: " in result.output
