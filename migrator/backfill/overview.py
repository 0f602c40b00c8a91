"""Backfills and how far they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from rich.table import Table
from rich.text import Text

from migrator.backfill.definition import Backfill
from migrator.backfill.remaining import remaining
from migrator.backfill.run_lock import Holder, find_holder
from migrator.backfill.state import Progress, StateStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """One backfill.

    progress: None if it was never begun. left: rows that need it, exactly; None if not counted.
    """

    backfill: Backfill
    progress: Progress | None
    holder: Holder | None
    left: int | None

    @property
    def state(self) -> str:
        """In the words of `backfill list`."""
        progress = self.progress
        if progress is None:
            return "not begun"
        if progress.state in ("done", "cancelled"):
            return progress.state
        if self.holder is None:
            # However the last run ended, a request is in force for the next.
            asked = {"pause": "paused", "cancel": "cancelled", None: progress.state}
            state = asked[progress.request]
            return "interrupted" if state == "running" else state
        if progress.request == "cancel":
            return "cancelling"
        if progress.request == "pause" and progress.state == "running":
            return "pausing"
        return progress.state

    @property
    def error(self) -> str | None:
        """What ended the last run, while no other runs."""
        return self.progress.error if self.progress and self.holder is None else None

    def as_json(self) -> dict[str, Any]:
        """For programs. Rows are counted in the current pass over the table."""
        progress = self.progress
        return {
            "name": self.backfill.name,
            "table": self.backfill.table,
            "state": self.state,
            "rows_passed": progress.scanned_in_pass if progress else 0,
            "rows_estimated": progress.estimated_rows if progress else None,
            "rows_filled": progress.updated if progress else 0,
            "rows_left": self.left,
            "run_by": self.holder.place if self.holder else None,
            "error": self.error,
        }


def overview(
    connection: "psycopg.Connection[Any]",
    backfills: Mapping[str, Backfill],
    *,
    count: bool = False,
) -> list[Overview]:
    """How far each is; with `count`, the exact number of rows left, which reads each table once."""
    begun = {progress.name: progress for progress in StateStore(connection).all()}
    return [
        Overview(
            backfill=backfill,
            progress=begun.get(name),
            holder=find_holder(connection, name),
            left=remaining(connection, backfill) if count else None,
        )
        for name, backfill in backfills.items()
    ]


def overview_table(overviews: Iterable[Overview]) -> Table:
    """One row a backfill."""
    table = Table(title="Backfills")
    for heading in ("name", "table", "state", "passed", "filled", "left", "run by / error"):
        table.add_column(heading, justify="right" if heading in ("filled", "left") else "left")
    for one in overviews:
        table.add_row(
            one.backfill.name,
            Text(one.backfill.table),
            one.state,
            _passed(one.progress),
            f"{one.progress.updated:,}" if one.progress else "0",
            "" if one.left is None else f"{one.left:,}",
            # Whatever an error's text says, it is no markup.
            Text(one.holder.place if one.holder else one.error or ""),
        )
    return table


def _passed(progress: Progress | None) -> str:
    if progress is None:
        return "0%"
    if progress.state == "done":
        return "100%"
    share = progress.scanned_in_pass / max(progress.estimated_rows, 1)
    return f"{min(share, 0.99):.0%} of about {progress.estimated_rows:,}"
