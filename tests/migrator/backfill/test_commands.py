"""`migrator backfill …`, as a user calls it."""

import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from migrator.cli import app
from tests.migrator.backfill.slow_table import create_item, writes
from tests.migrator.conftest import Database

DEFINITION = """
from migrator.backfill import Backfill
backfill = Backfill(name="fill_name", table="item", set={"name": "upper(name)", "writes": "1"},
    where="writes = 0")
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "backfills").mkdir()
    (tmp_path / "backfills" / "fill_name.py").write_text(DEFINITION)
    config = tmp_path / "alembic.ini"
    config.write_text("[alembic]\nscript_location = %(here)s\n")
    return config


def call(database: Database, config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        app,
        ["-c", str(config), "backfill", *arguments],
        env={"DATABASE_URL": database.url, "COLUMNS": "200"},
    )


def test_run_fills_and_tells(database: Database, config: Path, tmp_path: Path) -> None:
    create_item(database)
    metrics = tmp_path / "metrics.jsonl"
    answer = call(database, config, "run", "fill_name", "--metrics", str(metrics))
    assert answer.exit_code == 0, answer.output
    assert "fill_name: 600 rows filled" in answer.output
    assert writes(database) == [(1, 1)]
    lines = [json.loads(line) for line in metrics.read_text().splitlines()]
    assert lines[-1]["event"] == "finished"
    assert lines[-1]["updated"] == 600
    assert "nothing to do" in call(database, config, "run", "fill_name").output


def test_dry_run_explains_and_changes_nothing(database: Database, config: Path) -> None:
    create_item(database)
    answer = call(database, config, "run", "fill_name", "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert "600 rows of about 600 need it" in answer.output
    assert "public.item, by id (bigint)" in answer.output
    assert "Index Scan using item_pkey" in answer.output
    assert "estimate: 0:00:0" in answer.output
    assert writes(database) == [(0, 0)]
    assert database.execute("SELECT to_regnamespace('migrator')") == [(None,)]


def test_list_and_status_show_how_far_it_is(database: Database, config: Path) -> None:
    create_item(database)
    assert "not begun" in call(database, config, "list").output
    status = call(database, config, "status", "fill_name").output
    assert "600" in status
    call(database, config, "run", "fill_name")
    assert "done" in call(database, config, "status", "fill_name").output


def test_programs_read_how_far_it_is(database: Database, config: Path) -> None:
    create_item(database)
    told = {
        "name": "fill_name",
        "table": "item",
        "state": "not begun",
        "rows_passed": 0,
        "rows_estimated": None,
        "rows_filled": 0,
        "rows_left": None,
        "run_by": None,
        "error": None,
    }
    assert json.loads(call(database, config, "list", "--format", "json").stdout) == [told]
    call(database, config, "run", "fill_name")
    status = json.loads(call(database, config, "status", "fill_name", "--format", "json").stdout)
    assert (status["state"], status["rows_filled"], status["rows_left"]) == ("done", 600, 0)


def test_an_error_text_is_shown_as_it_is(
    database: Database, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # xdist sets COLUMNS before the module is imported, and its console keeps that width.
    monkeypatch.setattr("migrator.backfill.cli.out", Console(width=200))
    create_item(database)
    (config.parent / "backfills" / "fill_name.py").write_text(
        "from migrator.backfill import Backfill\n"
        "def fail(rows):\n"
        "    raise ValueError('bad path [/etc/x] in [bold]')\n"
        "backfill = Backfill(name='fill_name', table='item', function=fail)\n"
    )
    assert "bad path [/etc/x] in [bold]" in call(database, config, "run", "fill_name").output
    for command in (["list"], ["status", "fill_name"]):
        answer = call(database, config, *command)
        assert answer.exit_code == 0
        assert "bad path [/etc/x] in [bold]" in answer.output


def test_a_metrics_file_that_cannot_be_written_is_a_wrong_option(
    database: Database, config: Path
) -> None:
    create_item(database)
    answer = call(database, config, "run", "fill_name", "--metrics", "/nonexistent/x.json")
    assert answer.exit_code == 2
    assert "cannot write /nonexistent/x.json: No such file or directory" in answer.output
    assert writes(database) == [(0, 0)]


def test_a_bad_value_is_told_once(
    database: Database, config: Path, caplog: pytest.LogCaptureFixture
) -> None:
    create_item(database)
    (config.parent / "backfills" / "fill_name.py").write_text(
        "from migrator.backfill import Backfill\n"
        "backfill = Backfill(name='fill_name', table='item',\n"
        "    function=lambda rows: [{'writes': 'x'} for _ in rows[1:]] + [{'writes': object()}])\n"
    )
    answer = call(database, config, "run", "fill_name")
    assert "cannot adapt type 'object'" in answer.output
    assert "again" not in answer.output
    assert caplog.text == ""


def test_pause_after_the_end_says_so(database: Database, config: Path) -> None:
    create_item(database)
    call(database, config, "run", "fill_name")
    assert "done; there is nothing to pause" in call(database, config, "pause", "fill_name").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "other"], "the backfill 'other' is not in"),
        (["run", "fill_name", "--workers", "0"], "Invalid value for '--workers': 0"),
        (["run", "fill_name", "--batch-ms", "0"], "Invalid value for '--batch-ms': 0.0"),
        (["run", "fill_name", "--rest", "-1"], "Invalid value for '--rest': -1.0"),
        (["run", "fill_name", "--batch-ms", "nan"], "'--batch-ms': nan is not a finite number"),
        (["run", "fill_name", "--rest", "inf"], "'--rest': inf is not a finite number"),
        (["run", "fill_name", "--lock-timeout-ms", "0.4"], "Invalid value for '--lock-timeout-ms'"),
        (
            ["run", "fill_name", "--statement-timeout-ms", "0.9"],
            "Invalid value for '--statement-timeout-ms'",
        ),
        (["run", "fill_name", "--throttle", "lag=1:2"], "write NAME=WARN:CRITICAL"),
        (["pause", "fill_name"], "never began in this database"),
        (["run", "fill_name"], "there is no table 'item'"),
    ],
)
def test_errors_name_what_is_wrong(
    database: Database, config: Path, arguments: list[str], message: str
) -> None:
    answer = call(database, config, *arguments)
    assert answer.exit_code == 2
    assert message in answer.output
    assert "Traceback" not in answer.output


def test_a_file_without_a_backfill_is_named(database: Database, config: Path) -> None:
    (config.parent / "backfills" / "empty.py").write_text("")
    answer = call(database, config, "list")
    assert "empty.py defines no `backfill = Backfill(...)`" in answer.output


def test_a_refused_connection_does_not_show_the_password(config: Path) -> None:
    answer = CliRunner().invoke(
        app,
        ["-c", str(config), "backfill", "list"],
        env={"DATABASE_URL": "postgresql://app:s3cret@127.0.0.1:1/app", "COLUMNS": "200"},
    )
    assert answer.exit_code == 2
    assert "cannot connect to postgresql://app@127.0.0.1:1/app" in answer.output
    assert "s3cret" not in answer.output
