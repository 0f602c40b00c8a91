"""The dynamic provider behind Backfill, against a real database, between the two phases."""

import pathlib
from typing import Any

import pytest
from typer.testing import CliRunner

from components.migration.backfill_provider import BackfillProvider
from components.migration.run_provider import RunProvider
from migrator.cli import app
from migrator.errors import MigratorError
from tests.migrator.conftest import Database
from tests.migrator.runner.test_run_provider import CONTRACT, LAST_EXPAND, create

NAME = "users_email"
ROWS = 2500


@pytest.fixture
def filled(database: Database, inputs: dict[str, Any]) -> dict[str, Any]:
    """The expand phase is done, and the old release has left rows without a value."""
    create({**inputs, "phase": "expand"})
    database.execute(
        "ALTER TABLE users DISABLE TRIGGER USER;"
        f"INSERT INTO users (username) SELECT 'User' || n FROM generate_series(1, {ROWS}) n"
    )
    keys = ("script_location", "host", "port", "database", "secret_arn", "region", "ssl_mode")
    checked = BackfillProvider().check(
        {}, {**{key: inputs.get(key) for key in keys}, "history_hash": "0", "names": None}
    )
    assert checked.failures == []
    assert checked.inputs["names"] == [NAME]
    return checked.inputs


def outs(result: Any) -> dict[str, Any]:
    assert result.outs is not None
    return result.outs


def test_create_fills_and_the_contract_follows(
    database: Database, inputs: dict[str, Any], filled: dict[str, Any]
) -> None:
    contract = {**inputs, "phase": "contract", "approved_contracts": [CONTRACT]}
    with pytest.raises(MigratorError, match="2,500 rows left"):
        create(contract)
    state = outs(BackfillProvider().create(filled))
    assert state["updated"] == {NAME: ROWS}
    assert state["remaining"] == {NAME: 0}
    assert database.execute("SELECT email FROM users WHERE username = 'User7'") == [
        ("user7@example.com",)
    ]
    assert not BackfillProvider().diff("id", state, filled).changes
    assert create(contract)["applied"] == [CONTRACT]


def test_refresh_counts_what_is_left(
    database: Database, filled: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    state = outs(BackfillProvider().create(filled))
    database.execute("INSERT INTO users (username) VALUES ('a'), ('b')")
    seen = outs(BackfillProvider().read("id", state))
    assert seen["remaining"] == {NAME: 2}
    assert BackfillProvider().diff("id", seen, filled).changes
    assert f"rows left to fill: {NAME} 2" in caplog.text
    again = outs(BackfillProvider().update("id", seen, filled))
    assert (again["updated"], again["remaining"]) == ({NAME: 2}, {NAME: 0})


def test_rows_that_cannot_be_counted_are_a_reason_to_run_again(
    database: Database, filled: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """As after a downgrade by hand, which the expand phase will undo."""
    state = outs(BackfillProvider().create(filled))
    database.execute("ALTER TABLE users DROP COLUMN email CASCADE")
    seen = outs(BackfillProvider().read("id", state))
    assert seen["remaining"] == {NAME: -1}
    assert BackfillProvider().diff("id", seen, filled).changes
    assert f"rows left to fill: {NAME} cannot be counted" in caplog.text


def test_a_new_approval_is_a_reason_to_run_again(filled: dict[str, Any]) -> None:
    state = outs(BackfillProvider().create({**filled, "approved_contracts": []}))
    approved = {**filled, "approved_contracts": [CONTRACT]}
    assert BackfillProvider().diff("id", state, approved).changes


def test_a_backfill_is_over_once_its_contract_is_applied(
    database: Database, inputs: dict[str, Any], filled: dict[str, Any]
) -> None:
    state = outs(BackfillProvider().create(filled))
    create({**inputs, "approved_contracts": [CONTRACT]})
    database.execute("ALTER TABLE users DROP COLUMN mail_domain")  # a later contract
    assert outs(BackfillProvider().read("id", state))["remaining"] == {}
    assert outs(BackfillProvider().update("id", state, filled))["updated"] == {}
    # As a Job runs it, where the provider cannot reach the database.
    answer = CliRunner().invoke(
        app,
        ["-c", "migrations/alembic.ini", "backfill", "run", "--if-needed", NAME],
        env={"DATABASE_URL": database.url},
    )
    assert answer.exit_code == 0, answer.output
    assert "waits for it is applied" in answer.output


def test_refresh_of_the_expand_phase_is_not_disturbed_by_the_contract(
    inputs: dict[str, Any], filled: dict[str, Any]
) -> None:
    approved = {**inputs, "approved_contracts": [CONTRACT]}
    expand = RunProvider().check({}, {**approved, "phase": "expand"}).inputs
    state = create(expand)
    BackfillProvider().create(filled)
    create({**approved, "phase": "contract"})
    seen = outs(RunProvider().read("id", state))
    assert seen["revision"] == LAST_EXPAND
    assert not RunProvider().diff("id", seen, expand).changes


def test_an_unreachable_database_keeps_the_state(
    filled: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    state = {**outs(BackfillProvider().create(filled)), "port": 1}
    assert outs(BackfillProvider().read("id", state)) == state
    assert "taken as they were" in caplog.text


def test_an_unknown_backfill_fails_the_preview(filled: dict[str, Any]) -> None:
    (failure,) = BackfillProvider().check({}, {**filled, "names": ["nothing"]}).failures
    assert failure.property == "names"
    assert "'nothing' is not in migrations/backfills (there: users_email)" in failure.reason


def test_a_broken_backfill_file_fails_the_preview(
    filled: dict[str, Any], tmp_path: pathlib.Path
) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
    (tmp_path / "backfills").mkdir()
    (tmp_path / "backfills" / "one.py").write_text("backfill = None\n")
    changed = {**filled, "script_location": str(tmp_path)}
    (failure,) = BackfillProvider().check({}, changed).failures
    assert "one.py defines no `backfill" in failure.reason
