"""A revision that connects by itself reaches no database while it is judged or rehearsed."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import make_url

from migrator.scratch import find_binaries
from tests.migrator.conftest import Database
from tests.migrator.lint.conftest import Project, project

__all__ = ["project"]
# Each counts in a table that it has to find by itself.
WAYS = {
    "engine": """
        engine = sa.create_engine(os.environ["ELSEWHERE"])
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE count SET n = n + 1"))
        """,
    "driver": """
        with psycopg.connect(os.environ["ELSEWHERE_DSN"], autocommit=True) as connection:
            connection.execute("UPDATE count SET n = n + 1")
        """,
    "environment": """
        with psycopg.connect("", autocommit=True) as connection:
            connection.execute("UPDATE count SET n = n + 1")
        """,
    "async": """
        async def go():
            url = os.environ["ELSEWHERE_DSN"]
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute("UPDATE count SET n = n + 1")
        asyncio.run(go())
        """,
    "bare": """
        subprocess.run([os.environ["PSQL"], "-c", "UPDATE count SET n = n + 1"], check=True)
        """,
}
# Programs that name a server are led nowhere. The first goes on, so that all are tried.
ELSEWHERE = {
    "caught": """
        try:
            psycopg.connect(os.environ["ELSEWHERE_DSN"] + "?connect_timeout=5").close()
            subprocess.run([os.environ["PSQL"], os.environ["ELSEWHERE_DSN"]], check=True)
        except Exception:
            pass
        """,
    "program": """
        command = [os.environ["PSQL"], os.environ["ELSEWHERE_DSN"], "-c", "UPDATE count SET n = 7"]
        subprocess.run(command, check=True)
        """,
    "shell": """
        os.system(f'{os.environ["PSQL"]} "$ELSEWHERE_DSN" -c "UPDATE count SET n = 7"')
        """,
}
START = 'op.execute("CREATE TABLE count (n int); INSERT INTO count VALUES (0)")'
IMPORTS = "import asyncio\nimport os\nimport subprocess\nimport psycopg\n"


def write(project: Project, ways: dict[str, str]) -> None:
    project.add("start", START, downgrade='op.execute("DROP TABLE count")')
    for name, code in ways.items():
        file = project.add(name, f'{code}\n        op.execute("SELECT 1")')
        written = file.read_text().replace("import sqlalchemy", f"{IMPORTS}import sqlalchemy", 1)
        file.write_text(written)


def run(project: Project, database: Database, *command: str) -> tuple[Any, str]:
    """A command's report as JSON, and what it said; the real database is as it was."""
    url = make_url(database.dsn)
    elsewhere = {
        "DATABASE_URL": database.dsn,
        "ELSEWHERE": database.url,
        "ELSEWHERE_DSN": database.dsn,
        "PSQL": find_binaries()[0].program("psql"),
        "PGHOST": str(url.host),
        "PGPORT": str(url.port),
        "PGUSER": str(url.username),
        "PGDATABASE": database.name,
    }
    done = subprocess.run(
        [sys.executable, "-m", "migrator", "-c", str(project.config), *command],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | elsewhere,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert database.execute("SELECT n FROM count") == [(0,)], done.stdout + done.stderr
    assert database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(1,)]
    return json.loads(done.stdout) if "json" in command else None, done.stdout + done.stderr


@pytest.fixture
def real(database: Database) -> Database:
    database.execute("CREATE TABLE count (n int); INSERT INTO count VALUES (0)")
    return database


def opaque(report: Any) -> dict[str, str]:
    return {f["revision"]: f["message"] for f in report["findings"] if f["rule"] == "opaque"}


def test_lint_says_what_it_did_not_judge(project: Project, real: Database) -> None:
    write(project, WAYS)
    report, _ = run(project, real, "lint", ":", "--format", "json")
    assert opaque(report).keys() == WAYS.keys()
    assert all("a connection of its own" in message for message in opaque(report).values())
    report, _ = run(project, real, "lint", ":", "--no-replay", "--format", "json")
    assert opaque(report).keys() == WAYS.keys()
    assert "connects to a database by itself (with psycopg)" in opaque(report)["driver"]
    assert "starts psql" in opaque(report)["bare"]


def test_a_rehearsal_leads_connections_to_its_own_server(project: Project, real: Database) -> None:
    write(project, WAYS)
    report, said = run(project, real, "rehearse", "--rows", "5", "--format", "json")
    assert [one["revision"] for one in report["revisions"]] == ["start", *WAYS], said


def test_what_names_another_server_is_refused(project: Project, real: Database) -> None:
    write(project, ELSEWHERE)
    report, said = run(project, real, "lint", ":", "--format", "json")
    assert opaque(report).keys() == ELSEWHERE.keys(), said
    run(project, real, "rehearse", "--rows", "5")


@pytest.mark.parametrize("command", ["fix", "trace"])
def test_other_commands_reach_nothing_either(
    command: str, project: Project, real: Database
) -> None:
    write(project, {"engine": WAYS["engine"]})
    target = str(project.folder / "versions" / "engine.py") if command == "fix" else "engine"
    run(project, real, command, target)
