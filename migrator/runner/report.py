"""How the runner's results look: tables for people, JSON for programs."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from migrator.project.history import LinearHistory
from migrator.runner.downgrade import DowngradeReport
from migrator.runner.status import Status
from migrator.runner.upgrade import UpgradeReport


def upgrade_json(report: UpgradeReport) -> dict[str, Any]:
    """previous, revision, applied, and the gate with what is missing for it."""
    gate = report.gate
    return {
        "previous": report.previous,
        "revision": report.revision,
        "applied": list(report.applied),
        "gate": {"revision": gate.revision, "missing": list(gate.missing)} if gate else None,
    }


def print_upgrade(console: Console, report: UpgradeReport) -> None:
    """One line, and one more for what was held back."""
    count = len(report.applied)
    at = escape(report.revision or "base")
    if count:
        console.print(f"[green]applied {count} revision{'s' * (count > 1)}[/]; now at {at}")
    else:
        console.print(f"nothing to apply; at {at}")
    if report.gate:
        console.print(f"[yellow]{escape(str(report.gate))}[/]", soft_wrap=True)


def downgrade_json(report: DowngradeReport) -> dict[str, Any]:
    """previous, revision, undone."""
    return {
        "previous": report.previous,
        "revision": report.revision,
        "undone": list(report.undone),
    }


def print_downgrade(console: Console, report: DowngradeReport) -> None:
    """One line."""
    count = len(report.undone)
    at = escape(report.revision or "base")
    if count:
        console.print(f"[green]undid {count} revision{'s' * (count > 1)}[/]; now at {at}")
    else:
        console.print(f"nothing to undo; at {at}")


def status_json(status: Status) -> dict[str, Any]:
    """The whole status."""
    holder = status.holder
    return {
        "database": status.database,
        "revision": status.revision,
        "head": status.head,
        "pending": [
            {
                "revision": each.revision.id,
                "message": each.revision.message,
                "phase": each.revision.phase,
                "backfill": each.revision.backfill,
                "missing": list(each.missing),
            }
            for each in status.pending
        ],
        "migrator_at_work": (
            {
                "pid": holder.pid,
                "application": holder.application,
                "since": holder.since.isoformat() if holder.since else None,
            }
            if holder
            else None
        ),
        "half_applied": [
            {
                "revision": each.revision,
                "direction": each.direction,
                "statements": each.statements,
            }
            for each in status.half_applied
        ],
        "invalid_indexes": [
            {"index": index, "table": table} for index, table in status.invalid_indexes
        ],
        "half_detached": [
            {
                "partition": f"{each.schema}.{each.partition}",
                "table": f"{each.parent_schema}.{each.parent}",
            }
            for each in status.half_detached
        ],
    }


def print_status(console: Console, status: Status) -> None:
    """Where the database is, and a table of what is pending."""
    console.print(f"database  {escape(status.database)}", soft_wrap=True)
    console.print(f"revision  {escape(status.revision or 'base')}")
    console.print(f"head      {escape(status.head or 'none')}")
    if status.holder:
        console.print(f"[yellow]a migrator is at work: {escape(str(status.holder))}[/]")
    for half in status.half_applied:
        console.print(f"[yellow]{escape(str(half))} are committed[/]", soft_wrap=True)
    for index, table in status.invalid_indexes:
        console.print(f"[yellow]invalid index {escape(index)} on {escape(table)}[/]")
    for pending in status.half_detached:
        console.print(f"[yellow]{escape(str(pending))}[/]", soft_wrap=True)
    if not status.pending:
        console.print("[green]nothing is pending[/]")
        return
    pending = Table("revision", "phase", "message", "waits for")
    for each in status.pending:
        revision = each.revision
        cells = (revision.id, revision.phase, revision.message, "; ".join(each.missing) or "-")
        pending.add_row(*map(escape, cells))
    console.print(pending)


def history_json(
    history: LinearHistory, current: str | None, *, asked: bool
) -> list[dict[str, Any]]:
    """One entry a revision; `applied` is null if no database was asked."""
    applied = history.position(current)
    return [
        {
            "revision": revision.id,
            "parent": revision.parent,
            "message": revision.message,
            "phase": revision.phase,
            "backfill": revision.backfill,
            "file": str(revision.path),
            "applied": number <= applied if asked else None,
        }
        for number, revision in enumerate(history.revisions, 1)
    ]


def print_history(
    console: Console, history: LinearHistory, current: str | None, *, asked: bool
) -> None:
    """A table, the newest revision first."""
    table = Table("applied", "revision", "phase", "message", "backfill")
    for entry in reversed(history_json(history, current, asked=asked)):
        mark = {True: "yes", False: "no", None: "?"}[entry["applied"]]
        cells = (entry["revision"], entry["phase"], entry["message"], entry["backfill"] or "-")
        table.add_row(mark, *map(escape, cells))
    console.print(table)
