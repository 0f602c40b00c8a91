"""The dynamic provider's create, read, update and delete against a real database."""

import json
import logging
from typing import Any

import boto3
import pytest

from components.migration.provider_process import settings_of
from components.migration.run_provider import RunProvider
from migrator.errors import MigratorError
from migrator.runner.upgrade import upgrade
from tests.migrator.conftest import Database
from tests.migrator.runner.conftest import PASSWORD, REGION

CONTRACT = "c6e8f1b35a92"
LAST_EXPAND = "a2c95e07b4d1"


def create(inputs: dict[str, Any]) -> dict[str, Any]:
    outs = RunProvider().create(inputs).outs
    assert outs is not None
    return outs


def test_create_migrates_and_keeps_the_password_to_itself(
    database: Database, inputs: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("migrator", "alembic", "sqlalchemy", "psycopg"):
        caplog.set_level(logging.DEBUG, name)
    outs = create(inputs)
    assert outs["revision"] == LAST_EXPAND
    assert outs["previous_revision"] is None
    assert outs["applied"][-1] == LAST_EXPAND
    assert database.execute("SELECT version_num FROM alembic_version") == [(LAST_EXPAND,)]
    assert PASSWORD not in json.dumps(outs)
    assert PASSWORD not in caplog.text


def test_create_again_finds_the_work_done(inputs: dict[str, Any]) -> None:
    create(inputs)
    again = create(inputs)
    assert (again["revision"], again["applied"]) == (LAST_EXPAND, [])


def test_update_applies_an_approved_contract_and_returns_every_output(
    inputs: dict[str, Any],
) -> None:
    olds = create(inputs)
    news = RunProvider().check({}, {**inputs, "approved_contracts": [CONTRACT]}).inputs
    assert RunProvider().diff("id", olds, news).changes
    outs = RunProvider().update("id", olds, news).outs or {}
    assert outs == {
        **news,
        "revision": CONTRACT,
        "previous_revision": LAST_EXPAND,
        "applied": [CONTRACT],
        "left_at": CONTRACT,
    }
    assert not RunProvider().diff("id", outs, news).changes


def test_refresh_sees_a_revision_changed_by_hand(
    database: Database, inputs: dict[str, Any]
) -> None:
    olds = create(inputs)
    database.execute("UPDATE alembic_version SET version_num = '8d4f93a6e715'")
    outs = RunProvider().read("id", olds).outs or {}
    assert outs == {**olds, "revision": "8d4f93a6e715"}
    assert RunProvider().diff("id", outs, inputs).changes


@pytest.mark.parametrize("phase", [None, "expand", "contract"])
def test_refresh_sees_a_contract_that_was_run_by_hand(
    inputs: dict[str, Any], phase: str | None
) -> None:
    news = RunProvider().check({}, {**inputs, "phase": phase}).inputs
    create({**inputs, "phase": "expand"})
    olds = create(news)
    upgrade(settings_of(news), approved=[CONTRACT])
    seen = RunProvider().read("id", olds).outs or {}
    assert seen["revision"] == CONTRACT
    assert RunProvider().diff("id", seen, news).changes
    again = RunProvider().update("id", seen, news).outs or {}
    assert (again["revision"], again["applied"]) == (CONTRACT, [])
    assert not RunProvider().diff("id", RunProvider().read("id", again).outs or {}, news).changes


def test_refresh_of_an_unreachable_database_keeps_the_state_and_warns(
    inputs: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    olds = {**create(inputs), "port": 1}
    assert RunProvider().read("id", olds).outs == olds
    assert "is taken as it was: cannot connect to" in caplog.text
    assert PASSWORD not in caplog.text


def test_delete_keeps_the_schema(database: Database, inputs: dict[str, Any]) -> None:
    RunProvider().delete("id", create(inputs))
    assert database.execute("SELECT version_num FROM alembic_version") == [(LAST_EXPAND,)]


@pytest.mark.parametrize("value", ["not json", json.dumps({"username": "postgres"})])
def test_a_secret_without_credentials_is_named_but_not_quoted(
    inputs: dict[str, Any], value: str
) -> None:
    client = boto3.client("secretsmanager", region_name=REGION)
    client.put_secret_value(SecretId=inputs["secret_arn"], SecretString=value)
    with pytest.raises(MigratorError, match="does not hold JSON with username") as failure:
        create(inputs)
    assert value not in str(failure.value)


def test_a_missing_secret_is_named(inputs: dict[str, Any]) -> None:
    missing = inputs["secret_arn"] + "x"
    with pytest.raises(MigratorError, match=missing):
        create({**inputs, "secret_arn": missing})
