"""What a stack file asks of the migrations' history, and that does not have.

The provider judges it, too, but tells it by a resource's input and in the engine's words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from components.arguments import Fault
from components.migration import ZeroDowntimeMigrationSettings
from migrator.errors import MigratorError
from migrator.project.history import HEAD, HistoryError, LinearHistory


def history_faults(settings: ZeroDowntimeMigrationSettings) -> Iterator[Fault]:
    """Faults of target and approvals. Without either, the history is not read; what is wrong with
    its files is for the provider to tell.
    """
    if (
        settings.target == HEAD
        and not settings.approved_contracts
        and settings.unapproved != "fail"
    ):
        return
    # It loads Alembic, which takes a second.
    from migrator.project.history_files import read_linear_history
    from migrator.runner.plan import approvals

    try:
        history = read_linear_history(Path(settings.script_location) / "alembic.ini")
    except (MigratorError, OSError):
        return
    found = list(_unknown("target", settings.target, partial(history.resolve, settings.target)))
    for position, revision in enumerate(settings.approved_contracts):
        path = f"approved_contracts[{position}]"
        found += _unknown(path, revision, partial(approvals, history, [revision]))
    yield from found or _held_back(settings, history)


def _unknown(path: str, value: str, look_up: Callable[[], object]) -> Iterator[Fault]:
    """What looking up a revision says."""
    try:
        look_up()
    except HistoryError as error:
        for fault in error.faults:
            hint = f"; for the newest write {HEAD}" if value.casefold() == HEAD else ""
            yield Fault(path, value, fault.message.replace(f"{value!r} is", "it is", 1) + hint)


def _held_back(settings: ZeroDowntimeMigrationSettings, history: LinearHistory) -> Iterator[Fault]:
    """The contract revision that lacks its approval, where that keeps the target from being reached
    or is to be a fault.
    """
    from migrator.runner.plan import plan

    way = plan(history, target=settings.target, approved=settings.approved_contracts)
    gate = str(way.gate) if way.gate is not None and settings.unapproved == "fail" else None
    if fault := way.blocked or gate:
        yield Fault("approved_contracts", list(settings.approved_contracts), fault)
