"""Backfills as the providers run them, in the process that Pulumi runs those in."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from components.migration.provider_process import Properties, alembic_file, settings_of
from migrator.errors import MigratorError

if TYPE_CHECKING:
    from migrator.backfill import Backfill


def run_backfills(properties: Properties, names: Iterable[str]) -> dict[str, int]:
    """Runs each to its end, from wherever an earlier run stopped; rows updated, by name.

    Raises MigratorError, naming the backfill.
    """
    from rich.console import Console

    from migrator.backfill import BackfillError, run_backfill
    from migrator.backfill.line_log import LineLog

    url = settings_of(properties).url().render_as_string(hide_password=False)
    known = known_backfills(properties)
    updated: dict[str, int] = {}
    for name in names:
        if name not in known:
            raise MigratorError(not_there(properties, name))
        try:
            result = run_backfill(url, known[name], reporter=LineLog(Console(stderr=True)))
        except BackfillError as error:
            raise MigratorError(f"backfill {name}: {error}") from None
        updated[name] = result.updated
    return updated


def known_backfills(properties: Properties) -> "dict[str, Backfill]":
    """The project's backfills by name; raises MigratorError for a file that defines none."""
    from migrator.backfill import BackfillError, load_backfills

    try:
        return load_backfills(_folder(properties))
    except BackfillError as error:
        raise MigratorError(str(error)) from None


def not_there(properties: Properties, name: str) -> str:
    """Says which backfills there are instead of `name`."""
    there = ", ".join(sorted(known_backfills(properties))) or "none"
    return f"{name!r} is not in {_folder(properties)} (there: {there})"


def _folder(properties: Properties) -> Path:
    return alembic_file(properties).parent / "backfills"
