"""Carries a request out."""

from pathlib import Path

from migrator.lazy_commands import importing
from migrator.lint.judge import Verdict
from migrator.lint.request import Request
from migrator.lint.scripts import judge_scripts
from migrator.lint.summary_counts import Totals, totals
from migrator.project.sql_file import read_script
from migrator.snapshot.names import SearchPath, names_seen_by


def run_request(request: Request) -> Totals:
    """Judges what was asked for. Raises UsageError."""
    with names_seen_by(request.catalog.path if request.catalog else SearchPath()):
        return _judge(request)


def _judge(request: Request) -> Totals:
    if request.catalog is not None:
        request.catalog.version = request.pg_version
    sql_files = [*request.sql, *(Path(t) for t in request.targets if t.endswith(".sql"))]
    others = [target for target in request.targets if not target.endswith(".sql")]
    verdicts: list[Verdict] = []
    chosen = "the files named"
    if others or not sql_files:
        # Alembic takes longer to import than a file takes to be judged.
        with importing():
            from migrator.lint.history_request import judge_revisions

        judged = judge_revisions(request, others)
        request, chosen = judged.request, judged.chosen
        verdicts += judged.verdicts
    verdicts += judge_scripts(
        [read_script(file, single_transaction=request.single_transaction) for file in sql_files],
        pg_version=request.pg_version,
        catalog=request.catalog,
        enabled=request.enabled,
    )
    return totals(verdicts, pg_version=request.pg_version, knowledge=_knowledge(request, chosen))


def _knowledge(request: Request, chosen: str) -> str:
    major, minor = divmod(request.pg_version, 10_000)
    version = f"PostgreSQL {major}.{minor}" if minor else f"PostgreSQL {major}"
    if request.catalog is None:
        known = (
            "no catalog: careful about tables that the history does not describe "
            "(--database-url or --catalog makes it exact)"
        )
    else:
        known = f"catalog of {len(request.catalog.tables)} relations"
    parts = [version, chosen, known, request.note]
    return "; ".join(part for part in parts if part)
