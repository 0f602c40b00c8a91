"""A request to lint: what was asked for, and how it is carried out."""

from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from migrator.errors import UsageError
from migrator.lint.judge import Verdict
from migrator.lint.library import judge_history, judge_scripts, render_for
from migrator.lint.summary_counts import Totals, totals
from migrator.postgres.server_version import LOWEST_SUPPORTED, version_number
from migrator.project.history import History
from migrator.project.history_files import read_history
from migrator.project.selection import by_files, in_range, not_in_database, not_on_branch
from migrator.project.sql_file import read_script
from migrator.snapshot import Catalog


class RequestError(UsageError):
    """The request cannot be carried out as asked; the message says what to change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What to lint.

    version: a server_version_num, None for the default. database_url: whose version table
    tells which revisions are new. note: what the user should know about how this came about.
    """

    config: Path
    targets: tuple[str, ...] = ()
    sql: tuple[Path, ...] = ()
    version: int | None = None
    database_url: str | None = None
    catalog: Catalog | None = None
    base: str = "main"
    note: str | None = None
    single_transaction: bool = False
    enabled: frozenset[str] = field(default_factory=frozenset)

    @property
    def pg_version(self) -> int:
        """The server version that holds: the one asked for, the catalog's, the default."""
        known = self.catalog.version if self.catalog else None
        return self.version or known or version_number(LOWEST_SUPPORTED)


def run_request(request: Request) -> Totals:
    """Judges what was asked for. Raises RequestError and HistoryError."""
    if request.catalog is not None:
        request.catalog.version = request.pg_version
    sql_files = [*request.sql, *(Path(t) for t in request.targets if t.endswith(".sql"))]
    others = [target for target in request.targets if not target.endswith(".sql")]
    verdicts: list[Verdict] = []
    chosen = "the files named"
    if others or not sql_files:
        history = read_history(request.config)
        selected, chosen = _selected(request, history, others)
        rendering = render_for(history, selected, request.catalog)
        verdicts += judge_history(
            rendering,
            selected,
            pg_version=request.pg_version,
            catalog=request.catalog,
            enabled=request.enabled,
        )
        if rendering.env_fault:
            chosen += f"; rendered without env.py, which cannot run offline ({rendering.env_fault})"
    verdicts += judge_scripts(
        [read_script(file, single_transaction=request.single_transaction) for file in sql_files],
        pg_version=request.pg_version,
        catalog=request.catalog,
        enabled=request.enabled,
    )
    return totals(verdicts, pg_version=request.pg_version, knowledge=_knowledge(request, chosen))


def _selected(request: Request, history: History, targets: list[str]) -> tuple[set[str], str]:
    """The revisions to report on, and in words how they were chosen."""
    files = [Path(target) for target in targets if target.endswith(".py")]
    ranges = [target for target in targets if not target.endswith(".py")]
    if targets:
        missing = next((file for file in files if not file.is_file()), None)
        if missing is not None:
            raise RequestError(f"there is no file {missing}")
        selected = by_files(history, files)
        for revisions in ranges:
            selected |= in_range(history, revisions)
        return selected, "the revisions named"
    if request.database_url:
        try:
            return not_in_database(history, request.database_url), "revisions not in the database"
        except psycopg.Error as error:
            raise RequestError(f"the database cannot be read: {str(error).strip()}") from error
    selected = not_on_branch(history, request.base)
    if selected is not None:
        return selected, f"revisions not on the branch {request.base}"
    return history.ids, "all revisions"


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
