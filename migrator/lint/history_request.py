"""The part of a request to lint that is about a history's revisions."""

from dataclasses import dataclass, replace
from pathlib import Path

from migrator.lint.histories import judge_history, render_for
from migrator.lint.judge import Verdict
from migrator.lint.opaque_revisions import with_replay
from migrator.lint.request import Request
from migrator.project.branch import new_revisions
from migrator.project.connections import connections_refused
from migrator.project.history import History
from migrator.project.history_files import read_history
from migrator.project.rendering import Rendering
from migrator.project.selection import by_files, in_range, not_in_database
from migrator.project.supervised import supervised


@dataclass(frozen=True, kw_only=True)
class _Found:
    """selected: the revisions to report on, chosen as the words of `chosen` say.

    request: with what they are to be judged by.
    """

    request: Request
    rendering: Rendering
    selected: set[str]
    chosen: str
    heads: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """verdicts: on the revisions asked for. chosen: in words how these were chosen.

    request: with what it was judged by in the end.
    """

    verdicts: list[Verdict]
    chosen: str
    request: Request


def judge_revisions(request: Request, targets: list[str]) -> Judged:
    """Judges the revisions asked for.

    targets: files and ranges. Raises UsageError and HistoryError.
    """
    found = supervised(lambda: _read(request, targets), request.limits)
    request, rendering, selected = found.request, found.rendering, found.selected
    chosen = found.chosen
    told = with_replay(request, rendering, selected)
    verdicts = judge_history(
        rendering,
        selected,
        pg_version=request.pg_version,
        catalog=request.catalog,
        enabled=request.enabled,
    )
    if len(found.heads) > 1:
        chosen += f"; {len(found.heads)} heads ({', '.join(found.heads)}), which `upgrade` refuses"
    if rendering.env_fault:
        chosen += f"; rendered without env.py, which cannot run offline ({rendering.env_fault})"
    chosen = f"{chosen}; {told}" if told else chosen
    return Judged(verdicts=verdicts, chosen=chosen, request=request)


def _read(request: Request, targets: list[str]) -> _Found:
    """All that runs code of the project."""
    with connections_refused():
        history = read_history(request.config, x=request.x)
    request, selected, chosen = _selected(request, history, targets)
    return _Found(
        request=request,
        rendering=render_for(history, selected, request.catalog),
        selected=selected,
        chosen=chosen,
        heads=tuple(sorted(history.scripts.get_heads())),
    )


def _selected(
    request: Request, history: History, targets: list[str]
) -> tuple[Request, set[str], str]:
    """The revisions to report on, and in words how they were chosen."""
    if targets:
        return request, _named(history, targets), "the revisions named"
    if request.database_url and request.base is None:
        missing = not_in_database(history, request.database_url)
        if missing is not None:
            return request, missing, _counted(history, missing, "not in the database")
        if not request.own_database:
            return request, history.ids, _counted(history, history.ids, "as the database has none")
        # An empty one tells neither what is new nor what the tables are like.
        request = replace(request, version=request.pg_version, catalog=None)
    new, how = new_revisions(history, request.base)
    return request, new, _counted(history, new, how)


def _named(history: History, targets: list[str]) -> set[str]:
    selected = by_files(history, [Path(t) for t in targets if t.endswith(".py")])
    for revisions in (target for target in targets if not target.endswith(".py")):
        selected |= in_range(history, revisions)
    return selected


def _counted(history: History, selected: set[str], how: str) -> str:
    count, behind = len(selected), len(history.ids) - len(selected)
    counted = f"{count} revision{'' if count == 1 else 's'}"
    if behind == 0:
        return f"the whole history of {counted}: {how}" if count else "the history is empty"
    left = f"{behind} older {'one is' if behind == 1 else 'ones are'} not judged again"
    return f"{counted} {how}; {left}"
