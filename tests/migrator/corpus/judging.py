"""What lint says of a case, beside what it should say."""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from migrator.lint.finding import Finding
from migrator.lint.judge import Verdict
from migrator.lint.scripts import judge_scripts
from migrator.project.history_files import read_history
from migrator.project.rendering import render
from migrator.project.script import Script
from migrator.project.sql_file import sql_script
from migrator.snapshot import Catalog
from tests.migrator.corpus.reader import Case, Expectation
from tests.migrator.lint.conftest import new_project

SEVERITIES = ("unsafe", "caution", "info")
HEAD = """\
import sqlalchemy as sa
from alembic import op

revision = "case"
down_revision = None

"""


def script(case: Case) -> Script:
    """The case's SQL or revision, ready to be judged."""
    if not case.revision:
        return sql_script(case.sql, "case.sql")
    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        project = new_project(Path(name) / "project")
        (project.folder / "versions" / "case.py").write_text(f"{HEAD}\n{case.revision}\n")
        (found,) = render(read_history(project.config)).scripts
    return found


def verdict(case: Case, catalog: Catalog | None = None) -> Verdict:
    """Lint's answer, with the case's rule enabled where it has to be.

    catalog: the database's after the setup; without it, for the oldest server.
    """
    if catalog is not None and case.judged_for is not None:
        catalog = replace(catalog, version=case.judged_for)
    (found,) = judge_scripts(
        [script(case)],
        pg_version=case.oldest_server,
        catalog=catalog,
        enabled=frozenset({case.rule}),
    )
    return found


def check(case: Case, expectation: Expectation, findings: Iterable[Finding]) -> None:
    """Asserts that the findings are as expected."""
    found = list(findings)
    described = [f"{f.severity} {f.rule}: {f.message}" for f in found]
    worst = next((s for s in SEVERITIES if any(f.severity == s for f in found)), "safe")
    if expectation.severity == "safe":
        assert worst in ("safe", "info"), described
    else:
        assert worst == expectation.severity, described
    rules = {f.rule for f in found}
    assert set(expectation.rules) <= rules, described
    assert (case.rule in rules) == (case.rule in expectation.rules), described
