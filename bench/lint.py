"""The linter beside squawk: speed on the same SQL, precision and recall on the traced corpus."""

import io
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from rich.console import Console
from rich.table import Table

from migrator.lint.histories import lint_history
from migrator.lint.scripts import judge_scripts
from migrator.project.history_files import read_history
from migrator.project.rendering import render
from migrator.project.sql_file import sql_script
from migrator.scratch import PostgresServer, temporary_server
from migrator.snapshot import Catalog
from migrator.snapshot.reader import read
from tests.migrator.corpus import Case, base_sql, cases, verdict

REVISIONS = 1_000
RUNS = 3
SQUAWK = Path(sys.executable).with_name("squawk")
# Every plain file breaks these, and our own rules of the same kind say `info`: counting them
# would make each safe case a false alarm.
HABITS = ("require-lock-timeout", "require-statement-timeout", "prefer-robust-stmts")
OWN_HABITS = {
    *("no-lock-timeout", "long-lock-timeout", "not-rerunnable"),
    *("small-primary-key", "regrettable-type", "long-name", "unqualified-table"),
}
# About the linter's own comments, which say nothing to another.
OWN_COMMENTS = {"unused-allowance", "invalid-allowance"}

ENV = """
from alembic import context
context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
"""
REVISION = """
import sqlalchemy as sa
from alembic import op

revision = "r{0}"
down_revision = {1!r}


def upgrade() -> None:
    op.create_table(
        "t{0}",
        sa.Column("id", sa.BigInteger, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("parent_id", sa.BigInteger, sa.ForeignKey("shared.id")),
    )
    op.add_column("shared", sa.Column("c{0}", sa.Text))
    op.create_check_constraint("k{0}", "shared", "c{0} <> ''", postgresql_not_valid=True)
    with op.get_context().autocommit_block():
        op.create_index("i{0}", "shared", ["c{0}"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_table("t{0}")
    op.drop_column("shared", "c{0}")
"""


def run(console: Console) -> None:
    """Prints both tables."""
    with tempfile.TemporaryDirectory(prefix="bench-lint-") as folder:
        _speed(console, Path(folder))
        _accuracy(console, Path(folder))


def _speed(console: Console, folder: Path) -> None:
    project, files = folder / "project", folder / "sql"
    write_project(project, REVISIONS)
    rendering = render(read_history(project / "alembic.ini"))
    files.mkdir()
    for script in rendering.scripts:
        text = ";\n".join(step.statement.text for step in script.steps) + ";\n"
        (files / f"{script.revision}.sql").write_text(text)
    statements = sum(len(script.steps) for script in rendering.scripts)
    texts = [(file.name, file.read_text()) for file in sorted(files.iterdir())]
    paths = sorted(str(file) for file in files.iterdir())

    def judge_sql() -> None:
        judge_scripts([sql_script(text, name) for name, text in texts])

    def judge_newest() -> None:
        newest = f"r{REVISIONS - 1}"
        lint_history(project / "alembic.ini", revisions=newest, catalog=Catalog(complete=True))

    rows: list[tuple[str, Callable[[], object]]] = [
        ("alembic upgrade head --sql", lambda: _alembic(project / "alembic.ini")),
        ("migrator lint, Alembic revisions", lambda: lint_history(project / "alembic.ini")),
        ("migrator lint, the newest, with a catalog", judge_newest),
        ("migrator lint, their SQL as files", judge_sql),
        ("squawk, their SQL as files", lambda: _squawk(paths)),
    ]
    # Alternating, so that whatever else the machine does meets all of them alike.
    best = dict.fromkeys((name for name, _ in rows), float("inf"))
    for _ in range(RUNS):
        for name, work in rows:
            started = time.perf_counter()
            work()
            best[name] = min(best[name], time.perf_counter() - started)
    table = Table("what", "seconds", title=f"{REVISIONS} revisions, {statements} statements")
    for name, seconds in best.items():
        table.add_row(name, f"{seconds:.2f}")
    console.print(table)
    console.print(
        f"best of {RUNS}, after import; the target is 2 s on the same SQL as squawk's. The second "
        "row holds Alembic's own rendering, the first, spread over the processors"
    )


def _alembic(config: Path) -> None:
    """Alembic's own rendering, which no linter of its revisions can do without."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        command.upgrade(Config(str(config), output_buffer=io.StringIO()), "head", sql=True)
    finally:
        logging.disable(before)


def write_project(folder: Path, revisions: int) -> None:
    """An Alembic project whose revisions are alike, one after the other."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {folder}\n")
    for number in range(revisions):
        parent = f"r{number - 1}" if number else None
        (versions / f"r{number}.py").write_text(REVISION.format(number, parent))


def _squawk(files: list[str]) -> list[dict[str, object]]:
    options = ("--reporter", "json", *(f"--exclude={rule}" for rule in HABITS))
    answer = subprocess.run([SQUAWK, *options, *files], capture_output=True, text=True, check=False)
    if answer.returncode not in (0, 1):
        raise RuntimeError(f"squawk failed: {answer.stderr.strip()}")
    return json.loads(answer.stdout)


@dataclass(kw_only=True)
class Score:
    """Right and wrong answers of one linter."""

    found: int = 0
    missed: int = 0
    false_alarms: int = 0
    rightly_silent: int = 0

    def add(self, *, wanted: bool, flagged: bool) -> None:
        """Counts one case."""
        self.found += wanted and flagged
        self.missed += wanted and not flagged
        self.false_alarms += flagged and not wanted
        self.rightly_silent += not wanted and not flagged

    def row(self) -> tuple[str, ...]:
        """Precision, recall and the counts."""
        flagged, wanted = self.found + self.false_alarms, self.found + self.missed
        return (
            f"{self.found / flagged:.0%}" if flagged else "-",
            f"{self.found / wanted:.0%}" if wanted else "-",
            *(str(n) for n in (self.found, self.missed, self.false_alarms, self.rightly_silent)),
        )


def _accuracy(console: Console, folder: Path) -> None:
    settings = {"fsync": "off", "TimeZone": "UTC", "wal_level": "logical"}
    with temporary_server(settings) as server:
        chosen = [case for case in cases() if _is_for_both(case, server.binaries.version)]
        _prepare(server)
        exact = {case.id for case in chosen if _flagged(case, _catalog(case, server))}
    scores = {
        "migrator lint, with the catalog": exact,
        "migrator lint, without": {case.id for case in chosen if _flagged(case, None)},
        "squawk": _flagged_by_squawk(chosen, folder),
    }
    columns = ("linter", "precision", "recall", "found", "missed", "false alarms", "silent")
    table = Table(*columns, title=f"{len(chosen)} traced cases")
    for name, flagged in scores.items():
        score = Score()
        for case in chosen:
            wanted = case.expect.severity in ("unsafe", "caution")
            score.add(wanted=wanted, flagged=case.id in flagged)
        table.add_row(name, *score.row())
    console.print(table)
    console.print(
        "the cases are this project's own, tests/migrator/corpus, held by tests against a real "
        f"server; squawk without {', '.join(HABITS)}"
    )


def _is_for_both(case: Case, version: int) -> bool:
    """Whether squawk can judge the case too: plain SQL, true of the server at hand."""
    if not case.sql or case.judged_for is not None or case.rule in OWN_HABITS | OWN_COMMENTS:
        return False
    return case.since <= version <= case.until


def _prepare(server: PostgresServer) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE base")
    with psycopg.connect(server.url("base"), autocommit=True) as connection:
        connection.execute(base_sql().encode())


def _catalog(case: Case, server: PostgresServer) -> Catalog:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        connection.execute("CREATE DATABASE bench TEMPLATE base")
    if case.setup:
        with psycopg.connect(server.url("bench"), autocommit=True) as connection:
            connection.execute(case.setup.encode())
    return read(server.url("bench"))


def _flagged(case: Case, catalog: Catalog | None) -> bool:
    findings = verdict(case, catalog).findings
    return any(finding.severity in ("unsafe", "caution") for finding in findings)


def _flagged_by_squawk(chosen: list[Case], folder: Path) -> set[str]:
    files = folder / "cases"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    names: dict[str, str] = {}
    for number, case in enumerate(chosen):
        file = files / f"{number}.sql"
        file.write_text(case.sql)
        names[str(file)] = case.id
    return {names[str(finding["file"])] for finding in _squawk(list(names))}
