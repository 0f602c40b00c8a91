"""An approved contract revision that stands before the expand revisions of a deployment."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from components.migration.run_provider import PlanProvider, RunProvider
from migrator.errors import MigratorError
from tests.migrator.conftest import Database
from tests.migrator.runner.test_run_provider import CONTRACT, LAST_EXPAND, create

ROWS = 3000
NEXT = "d71a0c4be952"
SOURCE = f"""
from alembic import op

revision = "{NEXT}"
down_revision = "{CONTRACT}"


def upgrade() -> None:
    op.execute("CREATE TABLE refunds (id int PRIMARY KEY)")


def downgrade() -> None:
    op.execute("DROP TABLE refunds")
"""


@pytest.fixture
def expand(inputs: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    """Checked inputs of an expand phase that leads through the approved contract revision."""
    folder = tmp_path / "migrations"
    shutil.copytree("migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"{NEXT}_refunds.py").write_text(SOURCE)
    wanted = {"script_location": str(folder), "approved_contracts": [CONTRACT], "phase": "expand"}
    checked = RunProvider().check({}, {**inputs, **wanted})
    assert checked.failures == []
    return checked.inputs


def leave_rows(database: Database) -> None:
    """As a snapshot of the release before does."""
    database.execute(
        "ALTER TABLE users DISABLE TRIGGER USER;"
        f"INSERT INTO users (username) SELECT 'User' || n FROM generate_series(1, {ROWS}) n"
    )


def test_expand_fills_the_rows_that_the_contract_waits_for(
    database: Database, expand: dict[str, Any]
) -> None:
    create({**expand, "target": LAST_EXPAND})
    leave_rows(database)
    outs = create(expand)
    assert outs["applied"] == [CONTRACT, NEXT]
    assert (outs["previous_revision"], outs["revision"]) == (LAST_EXPAND, NEXT)
    assert database.execute("SELECT count(*), count(email) FROM users") == [(ROWS, ROWS)]


def test_expand_fills_after_the_revision_that_makes_the_column(
    database: Database, expand: dict[str, Any]
) -> None:
    create({**expand, "target": "8d4f93a6e715"})
    leave_rows(database)
    outs = create(expand)
    assert outs["applied"] == [LAST_EXPAND, CONTRACT, NEXT]
    assert (outs["previous_revision"], outs["revision"]) == ("8d4f93a6e715", NEXT)


def test_a_new_database_goes_all_the_way(expand: dict[str, Any]) -> None:
    outs = create(expand)
    assert outs["applied"] == [each.split()[0] for each in expand["revisions"]]
    assert outs["previous_revision"] is None


def test_rows_of_a_contract_at_the_end_are_left_to_the_backfill(
    database: Database, inputs: dict[str, Any]
) -> None:
    create({**inputs, "target": LAST_EXPAND})
    leave_rows(database)
    create({**inputs, "phase": "expand", "approved_contracts": [CONTRACT]})
    assert database.execute("SELECT count(email) FROM users") == [(0,)]
    with pytest.raises(MigratorError, match="3,000 rows left"):
        create({**inputs, "phase": "contract", "approved_contracts": [CONTRACT]})


def test_the_plan_of_a_job_warns_of_rows_that_it_cannot_fill(
    expand: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    before = {**expand, "approved_contracts": [], "revisions": [f"{LAST_EXPAND} users: email"]}
    assert PlanProvider().check(before, expand).failures == []
    assert f"{CONTRACT} (users: email is required" in caplog.text
    assert f"deploy with target {LAST_EXPAND} first" in caplog.text


@pytest.mark.parametrize("change", [{"phase": "contract"}, {"target": CONTRACT}])
def test_the_plan_of_a_job_is_quiet_about_a_contract_at_the_end(
    expand: dict[str, Any], caplog: pytest.LogCaptureFixture, change: dict[str, Any]
) -> None:
    PlanProvider().check({}, {**expand, **change})
    assert caplog.text == ""


def test_the_plan_of_a_job_is_quiet_about_a_contract_of_an_earlier_deployment(
    expand: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    before = {**expand, "revisions": [f"{LAST_EXPAND} users: email"]}
    PlanProvider().check(before, expand)
    PlanProvider().check(expand, expand)
    assert caplog.text == ""
