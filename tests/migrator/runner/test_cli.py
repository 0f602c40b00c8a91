"""What the commands print, and how they end."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner, Result

from migrator.cli import app
from migrator.database import parse_url
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject
from tests.migrator.runner.test_upgrade import EXAMPLE

EXPAND, CONTRACT = "a2c95e07b4d1", "c6e8f1b35a92"


class Migrator:
    """`python -m migrator -c … --database-url …`, in this process."""

    def __init__(self, config: object, url: str) -> None:
        self.options = ["-c", str(config), "--database-url", url]

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, [*self.options, *arguments])

    def json(self, *arguments: str) -> object:
        result = self(*arguments, "--format", "json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)


@pytest.fixture
def example(database: Database, monkeypatch: pytest.MonkeyPatch) -> Migrator:
    monkeypatch.setenv("COLUMNS", "200")
    return Migrator(EXAMPLE, database.url)


def test_a_day_with_the_example(example: Migrator) -> None:
    before = example("status")
    assert before.exit_code == 0
    assert "revision  base" in before.stdout
    done = example("upgrade")
    assert done.exit_code == 0
    assert f"applied 4 revisions; now at {EXPAND}" in done.stdout
    assert f"contract revision {CONTRACT} is held back: it is not approved" in done.stdout
    assert "applying 1f0c6a3b9d24 (create analyses)" in done.stderr
    refused = example("upgrade", "--phase", "contract")
    assert refused.exit_code == 1
    assert f"--approve {CONTRACT}" in refused.stdout
    assert example.json("upgrade", "--approve", CONTRACT) == {
        "previous": EXPAND,
        "revision": CONTRACT,
        "applied": [CONTRACT],
        "gate": None,
    }
    assert "nothing is pending" in example("status").stdout
    assert example.json("downgrade", "-1") == {
        "previous": CONTRACT,
        "revision": EXPAND,
        "undone": [CONTRACT],
    }
    assert "undid 4 revisions; now at base" in example("downgrade", "base").stdout
    assert "nothing to undo; at base" in example("downgrade", "base").stdout


def test_status_says_what_a_contract_waits_for(database: Database, example: Migrator) -> None:
    example("upgrade")
    database.execute(
        "ALTER TABLE users DISABLE TRIGGER USER;"
        "INSERT INTO users (username) VALUES ('ada'), ('grace');"
        "CREATE INDEX broken ON users (username);"
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass"
    )
    status = example.json("status")
    assert isinstance(status, dict)
    (pending,) = status["pending"]
    assert pending["revision"] == CONTRACT
    assert "not approved" in pending["missing"][0]
    assert "users_email has 2 rows left" in pending["missing"][1]
    assert status["invalid_indexes"] == [{"index": "broken", "table": "users"}]
    text = example("status", "--approve", CONTRACT).stdout
    assert "not approved" not in text
    assert "invalid index broken on users" in text


def test_history_marks_what_is_applied(example: Migrator) -> None:
    example("upgrade", "5b7e21d8c0f3")
    history = example.json("history")
    assert isinstance(history, list)
    assert [entry["applied"] for entry in history] == [True, True, False, False, False]
    assert history[-1]["phase"] == "contract"
    assert history[-1]["backfill"] == "users_email"
    assert "contract" in example("history").stdout


def test_a_failure_is_one_message_and_no_traceback(
    database: Database, project: AlembicProject
) -> None:
    project.add("aa11", "SELECT * FROM [nowhere]")
    result = Migrator(project.config, database.url)("upgrade")
    assert result.exit_code == 1
    assert "revision aa11 (step aa11) failed [SQLSTATE 42601]: syntax error" in result.stderr
    assert "[nowhere]" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://ada:s3cr3t@127.0.0.1:1/app", "cannot connect to postgresql://ada@127.0.0.1"),
        (
            "mysql://ada:s3cr3t@127.0.0.1/app",
            "--database-url, or DATABASE_URL: 'mysql' is not PostgreSQL",
        ),
        ("s3cr3t", "--database-url, or DATABASE_URL: not a URL"),
        ("postgresql://ada:p@s3cr3t@127.0.0.1/app", "write %40 for an @ in the password"),
        ("postgresql://ada:p@s3cr3t/x@127.0.0.1/app", "write %40 for an @ in the password"),
        ("postgresql://ada:p@s3cr3t?x@127.0.0.1/app", "write %40 for an @ in the password"),
        ("postgresql://ada:p@s3cr3t:x@127.0.0.1/app", "write %40 for an @ in the password"),
    ],
)
def test_a_bad_url_is_named_without_its_password(
    project: AlembicProject, url: str, expected: str
) -> None:
    result = Migrator(project.config, url)("status")
    assert result.exit_code == 2
    assert expected in result.stderr
    assert "s3cr3t" not in result.output


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ("ssl=require", "invalid connection option \"ssl\"; the URL's parameters are libpq's"),
        ("schema=public", 'invalid connection option "schema"'),
        ("connect_timeout=abc", "bad value for connect_timeout: 'abc'"),
        ("passwort=s3cr3t", 'invalid connection option "passwort"'),
    ],
)
@pytest.mark.parametrize("command", ["status", "upgrade", "history"])
def test_parameters_that_libpq_does_not_know_are_named(
    database: Database, project: AlembicProject, parameters: str, expected: str, command: str
) -> None:
    bare = database.url.partition("?")[0].replace("postgres@", "postgres:s3cr3t@")
    url = f"{bare}?sslmode=disable&{parameters}"
    result = Migrator(project.config, url)(command)
    assert result.exit_code == 2
    assert "error: cannot connect" in result.stderr
    assert expected in result.stderr
    assert "s3cr3t" not in result.output
    assert not isinstance(result.exception, DBAPIError)


@pytest.fixture
def visitor(database: Database) -> Iterator[str]:
    """The URL of a role that may connect, and nothing else."""
    name = f"visitor_{database.name}"
    database.execute(f"CREATE ROLE {name} LOGIN")
    yield database.url.replace("postgres@", f"{name}@")
    database.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def test_a_role_that_may_not_read_is_told_what_it_lacks(
    database: Database, project: AlembicProject, visitor: str
) -> None:
    project.add("aa11", "CREATE TABLE t (id int)", ">>> outside('SELECT 1')", "SELECT 1 / 0")
    assert Migrator(project.config, database.url)("upgrade").exit_code == 1
    table = Migrator(project.config, visitor)("status")
    assert table.exit_code == 2
    assert "permission denied for table alembic_version [SQLSTATE 42501]" in table.stderr
    assert "the role needs SELECT on the version table" in table.stderr
    name = f"visitor_{database.name}"
    database.execute(f"GRANT SELECT ON alembic_version TO {name}")
    schema = Migrator(project.config, visitor)("status")
    assert schema.exit_code == 2
    assert "permission denied for schema migrator [SQLSTATE 42501]" in schema.stderr
    assert "USAGE on the schema migrator" in schema.stderr
    database.execute(
        f"GRANT USAGE ON SCHEMA migrator TO {name};"
        f"GRANT SELECT ON ALL TABLES IN SCHEMA migrator TO {name}"
    )
    assert "half applied" in Migrator(project.config, visitor)("status").stdout


def test_a_percent_sign_in_alembic_ini_is_explained(
    project: AlembicProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with project.config.open("a") as file:
        file.write("sqlalchemy.url = postgresql://ada:p%40s3cr3t@127.0.0.1/app\n")
    result = CliRunner().invoke(app, ["-c", str(project.config), "status"])
    assert result.exit_code == 2
    assert "sqlalchemy.url: write %% for each %" in result.stderr
    assert "s3cr3t" not in result.output


@pytest.mark.parametrize(
    ("text", "password", "host", "name"),
    [
        ("postgresql://ada:p%40ss@db/app", "p@ss", "db", "app"),
        ("postgresql://ada@tenant:p@db:5432/app?application_name=a@b", "p", "db", "app"),
        ("postgresql://ada:p%2F%3A@[::1]:5432/app", "p/:", "::1", "app"),
        ("postgresql://ada@db/app", None, "db", "app"),
        ("postgresql:///app?host=/tmp&user=a@b", None, None, "app"),
    ],
)
def test_a_good_url_is_taken_as_it_is(
    text: str, password: str | None, host: str | None, name: str
) -> None:
    url = parse_url(text)
    assert (url.password, url.host, url.database) == (password, host, name)


def test_a_missing_project_is_named() -> None:
    result = Migrator("nowhere/alembic.ini", "postgresql://x@y/z")("upgrade")
    assert result.exit_code == 2
    assert "there is no nowhere/alembic.ini: name" in result.stderr


def test_no_database_is_said(project: AlembicProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    project.add("aa11")
    without = CliRunner().invoke(app, ["-c", str(project.config), "history", "--format", "json"])
    assert json.loads(without.stdout)[0]["applied"] is None


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("__import__('os')._exit(0)", "os._exit(0)"),
        ("__import__('os').execlp('true', 'true')", "os.execv("),
        ("__import__('sys').exit(0)", "ended the process: 0"),
        ("raise SystemExit", "ended the process"),
    ],
)
def test_a_revision_that_ends_the_process_has_failed(
    database: Database, project: AlembicProject, code: str, named: str
) -> None:
    project.add("aa11", "CREATE TABLE t (id bigint)", f">>> {code}")
    result = Migrator(project.config, database.url)("upgrade")
    assert result.exit_code == 1
    assert "revision aa11 (step aa11) failed" in result.stderr
    assert named in result.stderr
    assert database.execute("SELECT to_regclass('t')") == [(None,)]


def test_a_process_that_a_revision_starts_may_end(
    database: Database, project: AlembicProject
) -> None:
    code = "os = __import__('os'); child = os.fork(); child or os._exit(3); os.waitpid(child, 0)"
    project.add("aa11", f">>> {code}")
    assert Migrator(project.config, database.url)("upgrade").exit_code == 0


def test_a_file_that_ends_the_process_when_it_is_loaded_is_named(project: AlembicProject) -> None:
    (project.directory / "versions" / "users.py").write_text("import os\nos._exit(0)\n")
    result = Migrator(project.config, "postgresql://nobody@127.0.0.1:1/nowhere")("status")
    assert result.exit_code == 2
    assert "users.py:2: SystemExit: os._exit(0)" in result.stderr
