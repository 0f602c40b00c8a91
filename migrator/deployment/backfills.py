"""The rows of a deployment: which backfills it runs, what they fill, and what is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from migrator.backfill import (
    Backfill,
    BackfillError,
    Reporter,
    RunOptions,
    load_backfills,
    not_there,
    remaining,
    run_backfill,
)
from migrator.backfill.connection import connect
from migrator.backfill.line_log import LineLog
from migrator.command import err
from migrator.database import server_message
from migrator.errors import MigratorError
from migrator.project.contracted import not_contracted
from migrator.project.history_files import read_linear_history
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings

# Of what is left: the table or the column is not there, as after a downgrade by hand.
UNCOUNTED = -1


@dataclass(frozen=True, kw_only=True)
class BackfillNames:
    """names: of the backfills to run. unknown: of each that is not there, what is wrong."""

    names: list[str]
    unknown: list[str]


def check_backfills(config: Path, names: Sequence[str] | None) -> BackfillNames:
    """The backfills that a deployment runs: those named, else all that contract revisions name.

    config: the project's alembic.ini. Raises MigratorError and OSError where the files cannot be
    read.
    """
    history = read_linear_history(config)
    folder = _folder(config)
    known = load_backfills(folder)
    if names is None:
        names = list(dict.fromkeys(each.backfill for each in history.revisions if each.backfill))
    return BackfillNames(
        names=list(names),
        unknown=[f"{name!r} {not_there(folder, known)}" for name in names if name not in known],
    )


def fill_backfills(
    settings: MigratorSettings, names: Iterable[str], *, options: RunOptions | None = None
) -> dict[str, int]:
    """Runs those whose contract revision is not applied yet; rows updated, by name.

    Each goes on from wherever an earlier run stopped. Raises MigratorError, naming the backfill.
    """
    project = Project.open(settings)
    return run_backfills(project, not_contracted(project, names), options=options)


def count_backfills(settings: MigratorSettings, names: Iterable[str]) -> dict[str, int]:
    """Rows left, by name, of those whose contract revision is not applied yet; or UNCOUNTED.

    Raises MigratorError where the database or the files cannot be read.
    """
    project = Project.open(settings)
    known, url = load_backfills(_folder(settings.config)), project.url()
    found: dict[str, int] = {}
    for name in not_contracted(project, names):
        if name in known:
            with connect(url, name=name, role="count") as connection:
                found[name] = _count(connection, known[name])
    return found


def run_backfills(
    project: Project, names: Iterable[str], *, options: RunOptions | None = None
) -> dict[str, int]:
    """Runs each to its end, from wherever an earlier run stopped; rows updated, by name.

    Raises MigratorError, naming the backfill.
    """
    folder = _folder(project.settings.config)
    known = load_backfills(folder)
    reporter: Reporter = LineLog(err)
    updated: dict[str, int] = {}
    for name in names:
        if name not in known:
            raise MigratorError(f"{name!r} {not_there(folder, known)}")
        try:
            result = run_backfill(project.url(), known[name], options=options, reporter=reporter)
        except BackfillError as error:
            raise MigratorError(f"backfill {name}: {error}") from None
        updated[name] = result.updated
    return updated


def pace(options: Mapping[str, float]) -> RunOptions:
    """RunOptions from numbers as a deployment's state keeps them. Raises MigratorError."""
    counts = {"workers", "attempts", "passes"}
    given: dict[str, Any] = {
        name: int(value) if name in counts else value for name, value in options.items()
    }
    try:
        return RunOptions(**given)
    except (TypeError, ValueError) as error:
        raise MigratorError(f"pace: {error}") from None


def _count(connection: psycopg.Connection, backfill: Backfill) -> int:
    try:
        return remaining(connection, backfill)
    except (BackfillError, psycopg.errors.UndefinedColumn):
        return UNCOUNTED
    except psycopg.Error as error:
        raise MigratorError(f"backfill {backfill.name}: {server_message(error)}") from None


def _folder(config: Path) -> Path:
    return config.parent / "backfills"
