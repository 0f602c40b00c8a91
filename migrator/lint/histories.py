"""Judges Alembic histories."""

from collections.abc import Collection
from pathlib import Path

from migrator.lint.finding import Finding
from migrator.lint.judge import Verdict
from migrator.lint.scripts import judge_scripts
from migrator.lint.several_databases import with_another_database
from migrator.postgres.server_version import LOWEST_SUPPORTED
from migrator.project.connections import connections_refused
from migrator.project.history import History
from migrator.project.history_files import read_history
from migrator.project.rendering import Rendering, render
from migrator.project.selection import in_range
from migrator.snapshot import Catalog


def lint_history(
    config: Path,
    *,
    revisions: str | None = None,
    pg_version: int = LOWEST_SUPPORTED,
    catalog: Catalog | None = None,
) -> list[Finding]:
    """The findings for an Alembic history, oldest revision first.

    config: path of alembic.ini. revisions: ``a:b`` or one id; default: all.
    pg_version: major version, or server_version_num; the catalog's own version wins.
    Raises HistoryError for a history that cannot be loaded.
    """
    with connections_refused():
        history = read_history(config)
    selected = None if revisions is None else in_range(history, revisions)
    rendering = render_for(history, selected, catalog)
    verdicts = judge_history(rendering, selected, pg_version=pg_version, catalog=catalog)
    return [finding for verdict in verdicts for finding in verdict.findings]


def render_for(
    history: History, selected: Collection[str] | None, catalog: Catalog | None
) -> Rendering:
    """Renders what `judge_history` needs in order to judge these revisions."""
    return render(history, None if catalog is None else selected)


def judge_history(
    rendering: Rendering,
    selected: Collection[str] | None,
    *,
    pg_version: int = LOWEST_SUPPORTED,
    catalog: Catalog | None = None,
    enabled: frozenset[str] = frozenset(),
) -> list[Verdict]:
    """As `lint_history`, for revision ids, with all that is known of each revision.

    Where one run of env.py turns to several databases, a revision has a verdict for each in which
    it does something else. Without a catalog the revisions before the selected ones are read for
    what they say of the tables; with one they are in the database already.
    """
    verdicts: list[Verdict] = []
    for scripts in (rendering.scripts, *rendering.others):
        known = catalog is not None and selected is not None
        judged = judge_scripts(
            [each for each in scripts if each.revision in selected] if known else scripts,
            pg_version=pg_version,
            catalog=catalog,
            enabled=enabled,
        )
        found = [each for each in judged if selected is None or each.script.revision in selected]
        verdicts = with_another_database(verdicts, found) if verdicts else found
    return verdicts
