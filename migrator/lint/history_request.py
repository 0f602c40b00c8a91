"""The part of a request to lint that is about a history's revisions."""

from pathlib import Path

from migrator.lint.histories import judge_history, render_for
from migrator.lint.judge import Verdict
from migrator.lint.request import Request
from migrator.project.history import History
from migrator.project.history_files import read_history
from migrator.project.selection import by_files, in_range, not_in_database, not_on_branch


def judge_revisions(request: Request, targets: list[str]) -> tuple[list[Verdict], str]:
    """The verdicts on the revisions asked for, and in words how they were chosen.

    targets: files and ranges. Raises UsageError and HistoryError.
    """
    history = read_history(request.config)
    selected, chosen = _selected(request, history, targets)
    rendering = render_for(history, selected, request.catalog)
    verdicts = judge_history(
        rendering,
        selected,
        pg_version=request.pg_version,
        catalog=request.catalog,
        enabled=request.enabled,
    )
    if len(heads := history.scripts.get_heads()) > 1:
        chosen += f"; {len(heads)} heads ({', '.join(sorted(heads))}), which `upgrade` refuses"
    if rendering.env_fault:
        chosen += f"; rendered without env.py, which cannot run offline ({rendering.env_fault})"
    return verdicts, chosen


def _selected(request: Request, history: History, targets: list[str]) -> tuple[set[str], str]:
    """The revisions to report on, and in words how they were chosen."""
    files = [Path(target) for target in targets if target.endswith(".py")]
    ranges = [target for target in targets if not target.endswith(".py")]
    if targets:
        selected = by_files(history, files)
        for revisions in ranges:
            selected |= in_range(history, revisions)
        return selected, "the revisions named"
    if request.database_url:
        return not_in_database(history, request.database_url), "revisions not in the database"
    selected = not_on_branch(history, request.base)
    if selected is not None:
        return selected, f"revisions not on the branch {request.base}"
    return history.ids, "all revisions"
