"""`fix`: the rewritten revision lints clean and does the same to a real database."""

import json
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from rich.console import Console
from typer.testing import CliRunner

from migrator.cli import app
from migrator.lint.fix.cli import show
from migrator.lint.fix.revision import fix_revision
from migrator.lint.histories import judge_history
from migrator.postgres.server_version import version_number
from migrator.project.history_files import read_history
from migrator.project.rendering import render
from migrator.project.selection import by_files
from migrator.scratch import PostgresServer
from tests.migrator.lint.conftest import Project
from tests.migrator.versions import installed_binaries, version_name

BASE = """
op.create_table("parents", sa.Column("id", sa.BigInteger, primary_key=True))
op.create_table(
    "people",
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("parent_id", sa.BigInteger),
    sa.Column("email", sa.Text),
    sa.Column("Age", sa.Integer),
)
op.create_index("people_parent_idx", "people", ["parent_id"])
op.create_index("people_age_idx", "people", ["Age"])
"""
CASES = {
    "index": 'op.create_index("people_email_idx", "people", ["email"])',
    "index on several lines": """
        op.create_index(
            "people_email_idx",
            "people",
            ["email"],  # looked up at login
            if_not_exists=True,
        )
    """,
    "index with a string on several lines": """
        op.create_index("i", "people", ["email"], postgresql_where=sa.text('''email <> 'a
b' '''))
    """,
    "index in a transaction": """
        op.create_index("people_email_idx", "people", ["email"], postgresql_concurrently=True)
    """,
    "drop index": 'op.drop_index("people_age_idx", table_name="people")',
    "foreign key": """
        op.create_foreign_key("people_parent", "people", "parents", ["parent_id"], ["id"])
    """,
    "check": """op.create_check_constraint("age", "people", '"Age" < 200')""",
    "unique": 'op.create_unique_constraint("people_email_key", "people", ["email"])',
    "not null": 'op.alter_column("people", "email", nullable=False)',
    "not null of a quoted name": """
        op.alter_column("people", "Age", existing_type=sa.Integer(), nullable=False)
    """,
    "raw index": 'op.execute("CREATE INDEX people_email_idx ON people (email)")',
    "raw check": """op.execute('ALTER TABLE people ADD CONSTRAINT age CHECK ("Age" < 200)')""",
    "raw check with a colon": r"""
        op.execute(r"ALTER TABLE people ADD CONSTRAINT home CHECK (email <> 'at \:home')")
    """,
    "unique with a colon in its name": """
        op.create_unique_constraint("people:email", "people", ["email"])
    """,
    "raw unique": 'op.execute("ALTER TABLE people ADD CONSTRAINT one UNIQUE (email)")',
    "raw index on several lines": """
        op.execute('''
            CREATE INDEX IF NOT EXISTS people_email_idx
                ON people (email)
                WHERE email <> 'a  b;
              "c"\\t' ;
        ''')
    """,
    "raw not null": 'op.execute("ALTER TABLE people ALTER email SET NOT NULL")',
    "two at once": """
        op.create_index("people_email_idx", "people", ["email"])
        op.alter_column("people", "email", nullable=False)
    """,
}


@pytest.fixture(scope="module", params=installed_binaries(), ids=version_name)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("fix")
    server = PostgresServer(folder / "data", settings={"fsync": "off"}, binaries=request.param)
    try:
        with server:
            yield server
    finally:
        server.destroy()


COLUMNS = """
SELECT 'column', attname::text, attnotnull::text FROM pg_attribute
WHERE attrelid = 'people'::regclass AND attnum > 0
UNION ALL SELECT 'index', indexdef, '' FROM pg_indexes WHERE tablename = 'people'
UNION ALL SELECT 'constraint', pg_get_constraintdef(oid), convalidated::text
FROM pg_constraint WHERE conrelid = 'people'::regclass AND contype <> 'n'
ORDER BY 1, 2, 3
"""


def upgrade(project: Project, server: PostgresServer, database: str) -> list[tuple]:
    """Runs the history on a new database and describes what came of the tables."""
    return run(project, server, database, COLUMNS)


def run(project: Project, server: PostgresServer, database: str, query: str) -> list[tuple]:
    """Runs the history on a new database, and the query after it."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")  # pyright: ignore
        connection.execute(f"CREATE DATABASE {database}")  # pyright: ignore
    config = Config(str(project.config))
    config.set_main_option("sqlalchemy.url", server.url(database, driver="postgresql+psycopg"))
    command.upgrade(config, "head")
    with psycopg.connect(server.url(database)) as connection:
        return connection.execute(query).fetchall()  # pyright: ignore


@pytest.mark.parametrize("case", CASES)
def test_a_fixed_revision_is_clean_and_does_the_same(
    case: str, project: Project, server: PostgresServer
) -> None:
    version = version_number(server.binaries.version)
    project.add("start", BASE)
    file = project.add("change", CASES[case])
    in_transaction = case == "index in a transaction"
    wanted = None if in_transaction else upgrade(project, server, "before")

    outcome = fix_revision(judge(project, file, version), version=version)
    assert outcome.fixed
    assert outcome.left == ()
    Path(outcome.file).write_text(outcome.after.code)

    verdict = judge(project, file, version)
    described = [f"{f.severity} {f.rule} {f.message}" for f in verdict.findings]
    assert [f for f in verdict.findings if f.severity != "info"] == [], described
    found = upgrade(project, server, "after")
    if wanted is not None:
        assert found == wanted
    assert not any("valid" in str(row) and "NOT VALID" in str(row) for row in found)


# A rewrite would lose a part of each, or PostgreSQL would refuse it.
LEFT = {
    "a comment": """
        op.execute('''-- for the login page
            CREATE INDEX i ON people (email)''')
    """,
    "a comment behind": """
        op.execute('''ALTER TABLE people
            ADD CONSTRAINT age CHECK ("Age" < 200) -- years''')
    """,
    "a comment beside an option that goes": """
        op.create_index(
            "i",
            "people",
            ["email"],
            if_not_exists=True,  # it may be there
            postgresql_concurrently=True,
        )
    """,
    "nulls not distinct": """
        op.execute("ALTER TABLE people ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (email)")
    """,
    "include": 'op.execute("ALTER TABLE people ADD CONSTRAINT u UNIQUE (email) INCLUDE (id)")',
    "with": 'op.execute("ALTER TABLE people ADD CONSTRAINT u UNIQUE (email) WITH (fillfactor=70)")',
    "if exists": 'op.execute("ALTER TABLE IF EXISTS people ADD CONSTRAINT u UNIQUE (email)")',
    "two indexes": 'op.execute("DROP INDEX people_age_idx, people_parent_idx")',
    "cascade": 'op.execute("DROP INDEX people_age_idx CASCADE")',
    "a block": """
        op.execute('DO $$ BEGIN ALTER TABLE people ADD CONSTRAINT a CHECK ("Age" < 200); END $$')
    """,
    # PostgreSQL finds another name where this one is taken, and shortens a long one.
    "foreign key without a name": """
        op.create_foreign_key(None, "people", "parents", ["parent_id"], ["id"])
    """,
    "check without a name": 'op.create_check_constraint(None, "people", "email < \'z\'")',
    "unique without a name": 'op.create_unique_constraint(None, "people", ["email"])',
    "unpacked keywords": """
        op.create_unique_constraint("u", "people", ["email"], **{"deferrable": True})
    """,
    "unpacked keywords of an index": 'op.create_index("i", "people", ["email"], **{})',
    "unpacked keywords of a column": 'op.alter_column("people", "email", **{"nullable": False})',
    "unpacked arguments": 'op.create_index(*("i", "people", ["email"]))',
    "a comment in a changed column": """
        op.alter_column(
            "people",
            "email",  # filled by the backfill
            nullable=False,
        )
    """,
    "a comment in a unique constraint": """
        op.create_unique_constraint(
            "u", "people", ["email"]  # one account
        )
    """,
    "a comment beside SQL": """
        op.execute(
            # for the login page
            "CREATE INDEX i ON people (email)"
        )
    """,
    "a new name": 'op.alter_column("people", "email", nullable=False, new_column_name="mail")',
    "index of a partitioned table": 'op.create_index("i", "parted", ["b"])',
    "dropped index of a partitioned table": 'op.drop_index("parted_idx")',
    "unique of a partitioned table": 'op.create_unique_constraint("u", "parted", ["a"])',
    "raw unique of a partitioned table": """
        op.execute("ALTER TABLE parted ADD CONSTRAINT u UNIQUE (a)")
    """,
    "foreign key of a partitioned table": """
        op.create_foreign_key("f", "parted", "parents", ["b"], ["id"])
    """,
}
PARTITIONED = """
op.execute("CREATE TABLE parted (a bigint NOT NULL, b bigint) PARTITION BY RANGE (a)")
op.execute("CREATE TABLE parted_1 PARTITION OF parted DEFAULT")
op.execute("CREATE INDEX parted_idx ON parted (b)")
"""


@pytest.mark.parametrize("case", LEFT)
def test_what_a_rewrite_would_change_is_left_alone(case: str, project: Project) -> None:
    project.add("start", BASE + PARTITIONED)
    file = project.add("change", LEFT[case])
    outcome = fix_revision(judge(project, file, 150000), version=150000)
    assert outcome.diff() == ""
    assert any(left.why for left in outcome.left)


def test_a_new_name_that_would_be_shortened_is_not_given(project: Project) -> None:
    column = "c" * 60
    project.add("start", f'op.create_table("t", sa.Column("{column}", sa.Integer))')
    file = project.add("change", f'op.alter_column("t", "{column}", nullable=False)')
    outcome = fix_revision(judge(project, file, 150000), version=150000)
    assert outcome.diff() == ""
    assert [left.finding.rule for left in outcome.left] == ["set-not-null"]


# Tables and columns whose names PostgreSQL joins, cuts and cuts amid a letter.
NAMES = [("people", "email"), ("t" * 60, "c" * 40), ("é" * 31, "ü" * 20), ("t" * 20, "é" * 29)]


@pytest.mark.servers(since=18)  # which gives it a name
@pytest.mark.parametrize("judged_for", [150000, 180000], ids=["unknown", "known"])
def test_not_null_has_the_name_that_postgresql_gives(
    judged_for: int, project: Project, server: PostgresServer
) -> None:
    tables = [
        f'op.create_table("{table}", sa.Column("{column}", sa.Text))' for table, column in NAMES
    ]
    project.add("start", "\n".join(tables))
    changes = [f'op.alter_column("{table}", "{column}", nullable=False)' for table, column in NAMES]
    file = project.add("change", "\n".join(changes))
    query = "SELECT conname FROM pg_constraint WHERE contype = 'n' AND connamespace = 2200"
    wanted = run(project, server, "before", query)
    outcome = fix_revision(judge(project, file, judged_for), version=judged_for)
    assert outcome.left == ()
    outcome.write()
    found = run(project, server, "after", query)
    assert sorted(found) == sorted(wanted)
    assert not any(name.endswith("1") for (name,) in found)


def test_names_that_need_quotes_keep_them(project: Project) -> None:
    project.add("start", """op.execute('CREATE TABLE "user" ("order" text)')""")
    file = project.add("change", 'op.alter_column("user", "order", nullable=False)')
    after = fix_revision(judge(project, file, 150000), version=150000).after.code
    assert r'"ALTER TABLE \"user\" ALTER COLUMN \"order\" SET NOT NULL"' in after


def test_a_fixed_file_keeps_its_mark_its_line_ends_and_its_mode(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", CASES["index"])
    before = b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n")
    file.write_bytes(before)
    file.chmod(0o640)
    outcome = fix_revision(judge(project, file, 150000), version=150000)
    outcome.write()
    after = file.read_bytes()
    assert b"postgresql_concurrently=True" in after
    assert after.startswith(before[:100])
    assert after.count(b"\r\n") == after.count(b"\n") > 0
    assert file.stat().st_mode & 0o777 == 0o640
    assert [entry.name for entry in file.parent.iterdir() if entry.suffix == ".new"] == []


def test_a_piped_difference_is_whole(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", CASES["index"])
    outcome = fix_revision(judge(project, file, 150000), version=150000)
    output = StringIO()
    show(outcome, Console(file=output, width=20), Console(file=StringIO()), written=True)
    assert output.getvalue() == outcome.diff()


def test_programs_read_what_is_changed_and_what_is_left(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", f'{CASES["index"]}\nop.drop_column("people", "Age")')
    result = CliRunner().invoke(
        app, ["-c", str(project.config), "fix", str(file), "--format", "json"]
    )
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["diff"].startswith("--- a/")
    assert told["written"] is False
    assert [finding["rule"] for finding in told["fixed"]] == ["create-index"]
    assert [(left["rule"], left["why"]) for left in told["left"]] == [("drop-column", None)]


def judge(project: Project, file: Path, version: int):
    history = read_history(project.config)
    (verdict,) = judge_history(render(history), by_files(history, [file]), pg_version=version)
    return verdict


def test_what_needs_thought_is_left_alone(project: Project) -> None:
    project.add("start", BASE)
    file = project.add("change", 'op.drop_column("people", "email")')
    outcome = fix_revision(judge(project, file, 150000), version=150000)
    assert outcome.diff() == ""
    assert [left.finding.rule for left in outcome.left] == ["drop-column"]
