"""Fixtures of the runner's tests."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from components.migration.run_provider import RunProvider
from tests.migrator.conftest import Database
from tests.migrator.runner.alembic_project import AlembicProject, make_project

REGION = "eu-west-1"
PASSWORD = "not-to-be-seen-anywhere"  # the server trusts loopback, but is sent it


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """An Alembic project without revisions."""
    return make_project(tmp_path / "project")


@pytest.fixture
def secret_arn(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database secret in a pretended Secrets Manager."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("secretsmanager", region_name=REGION)
        value = json.dumps({"username": "postgres", "password": PASSWORD})
        yield client.create_secret(Name="database", SecretString=value)["ARN"]


@pytest.fixture
def inputs(database: Database, secret_arn: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Checked inputs of an AlembicRun of the example application."""
    # DATABASE_URL belongs to the command line; a provider that looked at it would go astray.
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    checked = RunProvider().check(
        {},
        {
            "script_location": "migrations",
            "history_hash": "0",
            "host": "127.0.0.1",
            "port": float(database.server.port),
            "database": database.name,
            "secret_arn": secret_arn,
            "region": None,
            "target": "head",
            "phase": None,
            "approved_contracts": [],
            "ssl_mode": "disable",
            "lint": "fail",
            "postgres_version": database.version,
        },
    )
    assert checked.failures == []
    return checked.inputs
