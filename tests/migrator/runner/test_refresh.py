"""A refresh of what the files no longer fit: it warns, and never fails."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.migration.backfill_provider import BackfillProvider
from components.migration.run_provider import RunProvider
from tests.migrator.conftest import Database
from tests.migrator.runner.test_run_provider import create

UNKNOWN = "deadbeef0000"
Change = Callable[[Database, Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project, to be damaged."""
    ignore = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree("migrations", tmp_path / "migrations", ignore=ignore))


@pytest.fixture
def migration(inputs: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The state of a migration."""
    return create({**inputs, "script_location": str(folder), "phase": "contract"})


@pytest.fixture
def backfill(migration: dict[str, Any]) -> dict[str, Any]:
    """The state of its backfill."""
    checked = BackfillProvider().check({}, {**migration, "names": None})
    assert checked.failures == []
    return BackfillProvider().create(checked.inputs).outs or {}


def at_an_unknown_revision(database: Database, _folder: Path) -> None:
    database.execute(f"UPDATE alembic_version SET version_num = '{UNKNOWN}'")


def at_two_revisions(database: Database, _folder: Path) -> None:
    database.execute(f"INSERT INTO alembic_version VALUES ('{UNKNOWN}')")


def without_folder(_database: Database, folder: Path) -> None:
    shutil.rmtree(folder)


def with_a_broken_backfill(_database: Database, folder: Path) -> None:
    (folder / "backfills" / "two.py").write_text("backfill = None\n")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (at_an_unknown_revision, f"'{UNKNOWN}' is not a revision of"),
        (at_two_revisions, "the database is at 2 revisions at once"),
        (without_folder, "alembic.ini: name your project"),
        (with_a_broken_backfill, "two.py defines no `backfill"),
    ],
)
def test_a_backfill_is_taken_as_it_was(
    database: Database,
    folder: Path,
    backfill: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    change: Change,
    reason: str,
) -> None:
    change(database, folder)
    assert BackfillProvider().read("id", backfill).outs == backfill
    assert not BackfillProvider().diff("id", backfill, backfill).changes
    assert reason in caplog.text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (at_two_revisions, "the database is at 2 revisions at once"),
        (without_folder, "alembic.ini: name your project"),
    ],
)
def test_a_migration_is_taken_as_it_was(
    database: Database,
    folder: Path,
    migration: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    change: Change,
    reason: str,
) -> None:
    change(database, folder)
    assert RunProvider().read("id", migration).outs == migration
    assert not RunProvider().diff("id", migration, migration).changes
    assert reason in caplog.text


def test_a_migration_reports_a_revision_that_the_files_do_not_know(
    database: Database, folder: Path, migration: dict[str, Any]
) -> None:
    at_an_unknown_revision(database, folder)
    seen = RunProvider().read("id", migration).outs or {}
    assert seen["revision"] == UNKNOWN
    assert RunProvider().diff("id", seen, migration).changes


def test_a_migration_whose_files_are_gone_is_still_compared(
    folder: Path, migration: dict[str, Any]
) -> None:
    """The refresh asks for the difference, too; a former version's state has no `left_at`."""
    shutil.rmtree(folder)
    state = {**migration, "left_at": None}
    assert not RunProvider().diff("id", state, migration).changes
    assert not RunProvider().diff("id", {**state, "revision": UNKNOWN}, migration).changes
    assert RunProvider().diff("id", {**state, "revision": "8d4f93a6e715"}, migration).changes
