"""Backfills and how far they are, as a table."""

from collections.abc import Mapping
from typing import Any

import psycopg
from rich.table import Table
from rich.text import Text

from migrator.backfill.definition import Backfill
from migrator.backfill.remaining import remaining
from migrator.backfill.run_lock import Holder, find_holder
from migrator.backfill.state import Progress, StateStore


def overview_table(
    connection: "psycopg.Connection[Any]",
    backfills: Mapping[str, Backfill],
    *,
    count: bool = False,
) -> Table:
    """One row a backfill; with `count`, the exact number of rows left."""
    begun = {progress.name: progress for progress in StateStore(connection).all()}
    table = Table(title="Backfills")
    for heading in ("name", "table", "state", "passed", "filled", "left", "run by / error"):
        table.add_column(heading, justify="right" if heading in ("filled", "left") else "left")
    for name, backfill in backfills.items():
        progress = begun.get(name)
        holder = find_holder(connection, name)
        table.add_row(
            name,
            Text(backfill.table),
            _state(progress, holder),
            _passed(progress),
            f"{progress.updated:,}" if progress else "0",
            f"{remaining(connection, backfill):,}" if count else "",
            # Whatever an error's text says, it is no markup.
            Text(_remark(progress, holder)),
        )
    return table


def _state(progress: Progress | None, holder: Holder | None) -> str:
    if progress is None:
        return "not begun"
    if progress.state in ("done", "cancelled"):
        return progress.state
    if holder is None:
        # However the last run ended, a request is in force for the next.
        asked = {"pause": "paused", "cancel": "cancelled", None: progress.state}[progress.request]
        return "interrupted" if asked == "running" else asked
    if progress.request == "cancel":
        return "cancelling"
    if progress.request == "pause" and progress.state == "running":
        return "pausing"
    return progress.state


def _remark(progress: Progress | None, holder: Holder | None) -> str:
    if holder is not None:
        return holder.place
    return (progress.error if progress else None) or ""


def _passed(progress: Progress | None) -> str:
    if progress is None:
        return "0%"
    if progress.state == "done":
        return "100%"
    share = progress.scanned_in_pass / max(progress.estimated_rows, 1)
    return f"{min(share, 0.99):.0%} of about {progress.estimated_rows:,}"
