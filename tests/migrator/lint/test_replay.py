"""Revisions that ask the database first are judged by what they send to a scratch server."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.migrator.conftest import Database
from tests.migrator.lint.conftest import ENV, Project

KEY = 'sa.Column("id", sa.BigInteger, primary_key=True)'
TABLE = f'op.create_table("t", {KEY}, sa.Column("a", sa.Text))'
# What histories do before they change something, each in a revision of its own.
SHAPES = {
    "inspect": """
        columns = sa.inspect(op.get_bind()).get_columns("t")
        if "b" not in [column["name"] for column in columns]:
            op.add_column("t", sa.Column("b", sa.Integer))
        op.drop_index("of_inspect")
        """,
    "has_table": """
        if not sa.inspect(op.get_bind()).has_table("u"):
            op.create_table("u", sa.Column("id", sa.BigInteger, primary_key=True))
        op.drop_index("of_has_table")
        """,
    "batch": """
        with op.batch_alter_table("t", recreate="always") as batch:
            batch.add_column(sa.Column("c", sa.Integer))
        op.drop_index("of_batch")
        """,
    "rows": """
        rows = op.get_bind().execute(sa.text("SELECT a FROM t WHERE a = :a"), {"a": "x"}).all()
        if not rows:
            op.drop_index("of_rows")
        """,
    "session": """
        from sqlalchemy.orm import Session
        session = Session(bind=op.get_bind())
        session.execute(sa.text("UPDATE t SET a = '%' WHERE a LIKE '%s'"))
        session.flush()
        session.close()
        op.drop_index("of_session")
        """,
    "mode": """
        from alembic import context
        if not context.is_offline_mode():
            op.drop_index("of_mode")
        """,
    "driver": """
        op.get_bind().connection.cursor().execute("DROP INDEX of_driver")
        """,
    "percent": """
        op.get_bind().exec_driver_sql("SELECT format('%I', a) FROM t").all()
        op.drop_index("of_percent")
        """,
    "reflected": """
        table = sa.Table("t", sa.MetaData(), autoload_with=op.get_bind())
        op.bulk_insert(table, [{"id": number, "a": "x"} for number in range(3)])
        op.drop_index("of_reflected")
        """,
    "connection": """
        for _row in op.get_bind().exec_driver_sql("SELECT 1"):
            op.drop_index("of_connection")
        """,
}
ELSEWHERE = """
import os
from alembic import context
from sqlalchemy import create_engine, text

with create_engine(os.environ["ELSEWHERE"]).connect() as connection:
    connection.execute(text("CREATE TABLE IF NOT EXISTS made_by_env (id bigint)"))
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS app"))
    connection.execute(text("SET search_path TO app"))
    connection.commit()
    if not context.is_offline_mode():
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations(reason="given")
"""
WRAPPED = """
def upgrade_when(condition):
    def wrap(function):
        def run(**arguments):
            if condition(op.get_bind().dialect.name, sa.inspect(op.get_bind()).get_table_names()):
                return function(**arguments)
        return run
    return wrap
"""


def lint(project: Project, *options: str, **environment: str) -> dict[str, Any]:
    """By the command line: the test runner has threads, beside which nothing is forked."""
    command = [sys.executable, "-m", "migrator", "-c", str(project.config), "lint", ":"]
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [*command, "--format", "json", *options],
        capture_output=True,
        text=True,
        check=False,
        env=kept | environment,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


def found(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f["revision"], f["rule"]) for f in report["findings"] if f["severity"] == "unsafe"]


def test_no_shape_of_asking_first_is_opaque(project: Project) -> None:
    indexes = [f'op.create_index("of_{name}", "t", ["a"])' for name in SHAPES]
    project.add("zero", "\n".join([TABLE, *indexes]))
    for name, code in SHAPES.items():
        project.add(name, code)
    report = lint(project)
    assert report["summary"]["replayed"] == list(SHAPES)
    assert "opaque" not in [rule for _, rule in found(report)]
    # The batch puts a new table, with new indexes, in the place of the old one.
    dropping = [name for name in SHAPES if name != "batch"]
    assert [revision for revision, rule in found(report) if rule == "drop-index"] == dropping
    assert ("batch", "drop-table") in found(report)
    assert "judged by running the history on an empty PostgreSQL" in report["summary"]["knowledge"]


def test_a_finding_has_the_line_and_the_transaction_it_was_sent_in(project: Project) -> None:
    project.add("zero", TABLE)
    file = project.add(
        "one",
        """
        sa.inspect(op.get_bind()).get_columns("t")
        with op.get_context().autocommit_block():
            op.create_index("i", "t", ["a"], postgresql_concurrently=True)
        op.drop_table("t")
        """,
    )
    report = lint(project)
    (finding,) = [f for f in report["findings"] if f["severity"] == "unsafe"]
    assert finding["rule"] == "drop-table"
    assert 'op.drop_table("t")' in file.read_text().splitlines()[finding["line"] - 1]


def test_env_py_runs_on_the_scratch_server_wherever_it_would_connect(
    project: Project, database: Database
) -> None:
    (project.folder / "env.py").write_text(ELSEWHERE)
    project.add("one", "op.execute('CREATE TABLE app.x (id bigint)')", attributes=WRAPPED)
    file = project.add("two", "op.execute('DROP TABLE x')", attributes=WRAPPED)
    wrapped = "@upgrade_when(lambda name, tables: name == 'postgresql' and 'x' in tables)\n"
    file.write_text(
        file.read_text().replace("def upgrade() -> None:", f"{wrapped}def upgrade(reason):")
    )
    first = project.folder / "versions" / "one.py"
    first.write_text(first.read_text().replace("def upgrade() -> None:", "def upgrade(reason):"))
    report = lint(project, ELSEWHERE=database.url)
    assert found(report) == [("two", "drop-table")]
    there = database.execute("SELECT to_regclass('app.x'), to_regclass('made_by_env')")
    assert there == [(None, None)]


def test_a_history_that_cannot_be_run_says_where_it_ended(project: Project) -> None:
    project.add("one", "sa.inspect(op.get_bind()).get_columns('nowhere')")
    project.add("two", "sa.inspect(op.get_bind())")
    report = lint(project)
    assert {revision for revision, _ in found(report)} == {"one", "two"}
    assert "it ended at one: NoSuchTableError" in report["summary"]["knowledge"]


def test_an_env_py_that_cannot_connect_is_done_without(project: Project) -> None:
    env = ENV.replace("engine = create_engine(", "raise RuntimeError('no') or create_engine(")
    table = "per_migration=True, version_table='v', version_table_schema='s'"
    (project.folder / "env.py").write_text(env.replace("per_migration=True", table))
    project.add("one", "sa.inspect(op.get_bind())\nop.execute('CREATE TABLE t (id bigint)')")
    report = lint(project)
    assert report["summary"]["replayed"] == ["one"]
    assert "without env.py, which cannot run there (RuntimeError: no)" in str(report)


def test_without_a_replay_it_stays_opaque_with_a_hint(project: Project) -> None:
    project.add("one", "sa.inspect(op.get_bind())\nop.execute('CREATE TABLE t (id bigint)')")
    report = lint(project, "--no-replay")
    assert ("one", "opaque") in found(report)
    hint = "1 revision would have to be run to be judged (--replay)"
    assert hint in report["summary"]["knowledge"]


OWN_ENDS = {
    "commit": ("op.get_bind().commit()", "COMMIT"),
    "begin": ("with op.get_bind().begin():\n    op.execute('SELECT 1')", "BEGIN"),
    "close": ("op.get_bind().close()", "ROLLBACK"),
    "driver": ("op.get_bind().connection.commit()", "COMMIT"),
    "with": ("with op.get_bind() as connection:\n    op.execute('SELECT 1')", "ROLLBACK"),
    "session": (
        "from sqlalchemy.orm import Session\nsession = Session(bind=op.get_bind())\n"
        "session.execute(sa.text('SELECT 1'))\nsession.rollback()",
        "ROLLBACK",
    ),
}


def test_a_transaction_that_a_revision_ends_itself_is_told_with_its_line(project: Project) -> None:
    lines = {}
    for name, (code, _) in OWN_ENDS.items():
        file = project.add(name, f"op.execute('CREATE TABLE {name}_ (id bigint)')\n{code}")
        wanted = "rollback()" if name == "session" else code.splitlines()[0]
        source = file.read_text().splitlines()
        lines[name] = next(n for n, line in enumerate(source, 1) if wanted in line)
    report = lint(project)
    told = {f["revision"]: f for f in report["findings"] if f["rule"] == "nested-transaction"}
    assert {name: finding["line"] for name, finding in told.items()} == lines
    for name, (_, word) in OWN_ENDS.items():
        assert told[name]["message"].startswith(f"{word} inside Alembic's transaction")
