"""The command line: exit codes, usage errors, the two sources."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrator.cli import app
from tests.migrator.conftest import Database
from tests.migrator.lint.conftest import ENV, Project

RUNNER = CliRunner()


def run(config: Path, *arguments: str):
    without = {"DATABASE_URL": None, "DATABASE_SECRET_ARN": None}
    return RUNNER.invoke(app, ["-c", str(config), *arguments], env=without)


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    file = tmp_path / "change.sql"
    file.write_text("ALTER TABLE t ADD COLUMN a int;\nDROP INDEX i;\n")
    return file


def test_a_byte_order_mark_is_no_part_of_a_file(sql: Path) -> None:
    sql.write_bytes(b"\xef\xbb\xbf" + sql.read_bytes())
    result = run(Path("none.ini"), "lint", "--sql", str(sql), "--format", "json")
    assert "opaque" not in [f["rule"] for f in json.loads(result.stdout)["findings"]]


def test_unsafe_findings_exit_with_1_and_none_with_0(sql: Path) -> None:
    result = run(Path("none.ini"), "lint", "--sql", str(sql), "--format", "json")
    assert result.exit_code == 1
    found = [f for f in json.loads(result.stdout)["findings"] if f["severity"] == "unsafe"]
    assert [(f["rule"], f["statement"], f["line"]) for f in found] == [("drop-index", 1, 2)]
    sql.write_text("ALTER TABLE t ADD COLUMN a int;\n")
    assert run(Path("none.ini"), "lint", str(sql)).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lint", "--sql", "missing.sql"], "missing.sql"),
        (["lint", "one:two"], "none.ini"),
        (["lint", "--sql", "FILE", "--pg-version", "nine"], "'nine' is not"),
        (["lint", "--sql", "FILE", "--pg-version", "9"], "12 or newer"),
        (["lint", "--sql", "FILE", "--enable", "no-such-rule"], "'no-such-rule'"),
        (["lint", "--sql", "FILE", "--catalog", "FILE"], "not a catalog snapshot"),
        (["lint", "--sql", "FILE", "--format", "xml"], "xml"),
        (
            ["lint", "--sql", "FILE", "--database-url", "postgresql://127.0.0.1:1/x"],
            "cannot connect",
        ),
        (["fix", "missing.py"], "none.ini"),
        (["snapshot", "out.json"], "--database-url"),
    ],
)
def test_usage_errors_exit_with_2_and_say_what_is_wrong(
    arguments: list[str], message: str, sql: Path
) -> None:
    written = [str(sql) if argument == "FILE" else argument for argument in arguments]
    result = run(Path("none.ini"), *written)
    assert result.exit_code == 2, result.output
    assert message in result.output.replace("\n", " ")


def test_revisions_and_files_of_the_project(project: Project) -> None:
    project.add("one", 'op.create_index("i", "t", ["a"])')
    file = project.add("two", 'op.drop_index("i", table_name="t")')
    everything = run(project.config, "lint", "--format", "json")
    by_file = run(project.config, "lint", str(file), "--format", "json")
    by_range = run(project.config, "lint", "one:two", "--format", "json")
    revisions = {f["revision"] for f in json.loads(everything.stdout)["findings"]}
    assert revisions == {"one", "two"}
    assert json.loads(by_file.stdout)["findings"] == json.loads(by_range.stdout)["findings"]
    assert {f["revision"] for f in json.loads(by_file.stdout)["findings"]} == {"two"}


def test_an_opt_in_rule_runs_only_when_enabled(sql: Path) -> None:
    plain = run(Path("none.ini"), "lint", str(sql), "--format", "json")
    enabled = run(
        Path("none.ini"), "lint", str(sql), "--format", "json", "--enable", "unqualified-table"
    )
    assert "unqualified-table" not in plain.stdout
    assert "unqualified-table" in enabled.stdout


def test_fix_shows_and_writes_only_when_told(project: Project) -> None:
    project.add("one", 'op.create_table("t", sa.Column("a", sa.BigInteger))')
    file = project.add("two", 'op.create_index("i", "t", ["a"])')
    before = file.read_text()
    shown = run(project.config, "fix", str(file))
    assert shown.exit_code == 0, shown.output
    assert "+    with op.get_context().autocommit_block():" in shown.output
    assert file.read_text() == before
    run(project.config, "fix", str(file), "--write")
    assert "postgresql_concurrently=True" in file.read_text()
    assert run(project.config, "lint", str(file)).exit_code == 0


def test_only_what_the_database_lacks_is_judged_and_rendered(
    project: Project, database: Database
) -> None:
    rendered = project.folder / "rendered"
    note = f"open({str(rendered)!r}, 'a').write(revision + ' ')"
    for name in ("one", "two", "three"):
        project.add(name, f"{note}\nop.execute('DROP INDEX {name}')")
    env = project.folder / "env.py"
    env.write_text(
        ENV.replace("per_migration=True", "per_migration=True, version_table='versions'")
    )
    database.execute(
        "CREATE TABLE versions (version_num text); INSERT INTO versions VALUES ('two')"
    )
    result = run(project.config, "lint", "--database-url", database.dsn, "--format", "json")
    assert {f["revision"] for f in json.loads(result.stdout)["findings"]} == {"three"}
    assert rendered.read_text().split() == ["three"]

    database.execute("UPDATE versions SET version_num = 'three'")
    result = run(project.config, "lint", "--database-url", database.dsn, "--format", "json")
    assert json.loads(result.stdout)["findings"] == []
    assert rendered.read_text().split() == ["three"]

    database.execute("UPDATE versions SET version_num = 'gone'")
    result = run(project.config, "lint", "--database-url", database.dsn)
    assert result.exit_code == 2
    assert "gone" in result.stderr


def test_a_database_named_before_the_command_is_read_as_well(
    sql: Path, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    named = ["--database-url", database.dsn]
    for command in ([*named, "lint", str(sql)], ["lint", str(sql), *named]):
        assert "catalog of" in CliRunner().invoke(app, command).output
    by_environment = CliRunner().invoke(
        app, ["lint", str(sql)], env={"DATABASE_URL": "postgresql://127.0.0.1:1/x"}
    )
    assert "no catalog" in by_environment.output


@pytest.mark.parametrize("command", ["lint", "fix", "trace"])
def test_a_revision_that_is_not_there_is_named(command: str, project: Project) -> None:
    result = run(project.config, command, "missing.py")
    assert result.exit_code == 2
    assert "there is no file missing.py" in result.stderr
