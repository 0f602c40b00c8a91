"""A kubeconfig's own command, run: whom its token stands for."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto.server import ThreadedMotoServer

from components.account import AwsAccount
from migrator.project.aws_identity import AssumedRole, AwsIdentity, WebIdentity
from tests.unit.builders import existing_network, record_cluster

ACCOUNT = "123456789012"
HUB = "arn:aws:iam::210987654321:role/hub"
DEPLOY = f"arn:aws:iam::{ACCOUNT}:role/deploy"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def sts() -> Iterator[str]:
    """The address of a pretended AWS."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def asked_of(identity: AwsIdentity) -> dict[str, Any]:
    """The kubeconfig's `exec` of a cluster of this identity's."""
    account = AwsAccount(id=ACCOUNT, region="eu-west-1", identity=identity)
    recording = record_cluster(network=existing_network(account))
    config = json.loads(recording.only("providers:kubernetes").inputs["kubeconfig"])
    return config["users"][0]["user"]["exec"]


def bearer(identity: AwsIdentity, sts: str, folder: Path) -> str:
    """Whose key the token is signed with, as AWS STS says."""
    asked = asked_of(identity)
    environment = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "NO_PROXY": "127.0.0.1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_ENDPOINT_URL": sts,
        # Keys of whoever calls, as on a machine of CI: they must not win.
        "AWS_ACCESS_KEY_ID": "ambient",
        "AWS_SECRET_ACCESS_KEY": "ambient",
        **{one["name"]: one["value"] for one in asked.get("env", [])},
    }
    done = subprocess.run(
        [asked["command"], *asked["args"]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    token = json.loads(done.stdout)["status"]["token"].removeprefix("k8s-aws-v1.")
    url = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    (key,) = parse_qs(urlsplit(url).query)["X-Amz-Credential"]
    client = boto3.client(
        "sts",
        region_name="eu-west-1",
        endpoint_url=sts,
        aws_access_key_id=key.partition("/")[0],
        aws_secret_access_key="not looked at",
    )
    return client.get_caller_identity()["Arn"]


def test_a_role_with_an_external_id_is_assumed_from_a_profile(sts: str, tmp_path: Path) -> None:
    config = tmp_path / "team config"
    config.write_text(
        "[profile team]\naws_access_key_id = profile\naws_secret_access_key = profile\n"
    )
    role = AssumedRole(role_arn=DEPLOY, external_id="it's $(ours)", tags={"team": "a b"})
    identity = AwsIdentity(profile="team", config_file=str(config), roles=[role])
    assert bearer(identity, sts, tmp_path).endswith(":assumed-role/deploy/groundwork")


def test_a_chain_begins_with_a_token_of_somebody_else(sts: str, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("signed")
    identity = AwsIdentity(
        web_identity=WebIdentity(role_arn=HUB, web_identity_token_file=str(token)),
        roles=[AssumedRole(role_arn=DEPLOY, session_name="ci")],
    )
    end = bearer(identity, sts, tmp_path)
    assert end == f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"


def test_a_role_that_cannot_be_assumed_gives_no_token(tmp_path: Path) -> None:
    roles = [AssumedRole(role_arn=DEPLOY, session_name="ci")]
    with pytest.raises(AssertionError, match="Could not connect to the endpoint"):
        bearer(AwsIdentity(roles=roles), "http://127.0.0.1:9", tmp_path)
