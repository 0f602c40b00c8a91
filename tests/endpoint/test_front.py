"""What the endpoint answers besides AWS, and how it treats what it cannot do."""

import json
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.endpoint.endpoint import ACCOUNT, ENGINEER, REGION, ROOT, Endpoint


def test_health_names_the_services(endpoint: Endpoint) -> None:
    status, body = endpoint.get("/healthz")
    assert status == 200
    health = json.loads(body)
    assert health["status"] == "ok"
    assert health["services"]["aws"] == "ok"


def test_charts_are_served(endpoint: Endpoint) -> None:
    charts = endpoint.directory / "charts"
    (charts / "index.yaml").write_text("apiVersion: v1\nentries: {}\n")
    (charts / "one-1.0.0.tgz").write_bytes(b"\x1f\x8bchart")
    assert endpoint.get("/charts/index.yaml") == (200, b"apiVersion: v1\nentries: {}\n")
    assert endpoint.get("/charts/one-1.0.0.tgz") == (200, b"\x1f\x8bchart")
    assert endpoint.get("/charts/two.tgz")[0] == 404
    assert endpoint.get("/charts/../ca.key")[0] == 404
    assert endpoint.get("/charts/%2e%2e/ca.key")[0] == 404


def test_engineer_is_who_the_credentials_say(endpoint: Endpoint) -> None:
    identity = endpoint.client("sts").get_caller_identity()
    assert (identity["Arn"], identity["Account"]) == (ENGINEER, ACCOUNT)


def test_presigned_url_is_answered_by_its_service(endpoint: Endpoint) -> None:
    url = endpoint.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
    status, body = endpoint.get(url.removeprefix(endpoint.url))
    assert status == 200
    assert ENGINEER in body.decode()


def test_unsigned_request_is_refused(endpoint: Endpoint) -> None:
    session = boto3.Session(region_name=REGION)
    unsigned = Config(signature_version=UNSIGNED, retries={"max_attempts": 1})
    rds = session.client("rds", endpoint_url=endpoint.url, config=unsigned)
    with pytest.raises(ClientError) as refused:
        rds.describe_db_instances()
    assert refused.value.response["Error"]["Code"] == "MissingAuthenticationToken"


def test_control_pages_of_moto_are_shut(endpoint: Endpoint) -> None:
    assert endpoint.request("POST", "/moto-api/reset")[0] == 404
    assert endpoint.client("iam").get_user(UserName="platform-engineer")["User"]["Arn"] == ENGINEER


def test_missing_action_is_a_clear_error(endpoint: Endpoint) -> None:
    with pytest.raises(ClientError, match="does not have eks ListCapabilities") as refused:
        endpoint.client("eks").list_capabilities(clusterName="any")
    assert refused.value.response["Error"]["Code"] == "NotImplemented"


def test_unknown_managed_policy_cannot_be_attached(endpoint: Endpoint) -> None:
    with pytest.raises(ClientError, match="NoSuchEntity"):
        endpoint.client("iam").attach_user_policy(
            UserName="platform-engineer", PolicyArn="arn:aws:iam::aws:policy/NoSuchThing"
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"port": 0}, "port: Input should be greater than or equal to 1"),
        ({"region": "Mars"}, "region: Value error, 'Mars' is no region of AWS"),
        ({"ports": 1}, "ports: Extra inputs are not permitted"),
        ({"state_directory": None}, "state_directory: Input is not a valid path"),
    ],
)
def test_wrong_settings_are_named(
    endpoint: Endpoint, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    answer = run_with(tmp_path, {**endpoint.config, **change})
    assert answer.returncode == 2
    assert answer.stderr.strip().startswith(f"{tmp_path / 'config.json'}: {message}")


def test_second_endpoint_is_refused(endpoint: Endpoint, tmp_path: Path) -> None:
    same_state = run_with(tmp_path, {**endpoint.config, "port": endpoint.port + 1})
    assert same_state.returncode == 1
    assert "journal.jsonl: another process uses it" in same_state.stderr
    same_port = run_with(tmp_path, {**endpoint.config, "state_directory": str(tmp_path / "state")})
    assert same_port.returncode == 1
    assert f"{endpoint.port}" in same_port.stderr
    assert endpoint.get("/healthz")[0] == 200


def run_with(directory: Path, config: dict[str, object]) -> "subprocess.CompletedProcess[str]":
    path = directory / "config.json"
    path.write_text(json.dumps(config))
    return subprocess.run(
        [sys.executable, "-m", "local.endpoint", "--config", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
