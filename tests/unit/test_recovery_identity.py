"""Whom `python -m infra.recovery` looks as: the identity of the stack file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from infra.recovery import session_of
from local.failure import LocalError


@pytest.fixture(autouse=True)
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A CLI that prints what is in `config.json`."""
    program = tmp_path / "pulumi"
    program.write_text(f"#!/bin/sh\nexec cat {tmp_path}/config.json\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ambient")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ambient")
    return tmp_path


def configure(folder: Path, **values: Any) -> None:
    told = {f"aws:{key}": {"value": value, "secret": False} for key, value in values.items()}
    (folder / "config.json").write_text(json.dumps(told))


def test_a_role_of_the_stack_file_is_assumed(pulumi: Path) -> None:
    role = "arn:aws:iam::123456789012:role/deployment"
    configure(pulumi, region="eu-west-1", assumeRoles=json.dumps([{"roleArn": role}]))
    with mock_aws():
        session = session_of("staging")
        arn = session.client("sts").get_caller_identity()["Arn"]
    assert session.region_name == "eu-west-1"
    assert ":assumed-role/deployment/" in arn


def test_without_one_it_is_the_environments(pulumi: Path) -> None:
    configure(pulumi, region="eu-west-1")
    credentials = session_of("staging").get_credentials()
    assert credentials is not None
    assert credentials.access_key == "ambient"


def test_a_faulty_one_is_named(pulumi: Path) -> None:
    configure(pulumi, region="eu-west-1", assumeRoles="[{}]")
    with pytest.raises(LocalError, match="aws:assumeRoles"):
        session_of("staging")
