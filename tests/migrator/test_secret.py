"""Who reads the database's secret, and how long a pod waits until it may."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from migrator.project import secret
from migrator.project.aws_identity import AssumedRole, AwsIdentity, WebIdentity
from migrator.project.secret import SecretError, read_credentials

REGION = "eu-west-1"
ARN = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:db"
HUB = "arn:aws:iam::210987654321:role/hub"
DEPLOY = "arn:aws:iam::123456789012:role/deploy"
SECRET = json.dumps({"username": "postgres", "password": "not-to-be-seen"})


@pytest.fixture(autouse=True)
def no_ambient_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "ambient")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "missing"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def caller(identity: AwsIdentity) -> str:
    """Who AWS STS says it is."""
    return identity.session(REGION).client("sts").get_caller_identity()["Arn"]


def test_a_chain_of_roles_ends_at_the_last_one() -> None:
    roles = [
        AssumedRole(role_arn=HUB, external_id="groundwork"),
        AssumedRole(role_arn=DEPLOY, session_name="ci"),
    ]
    with mock_aws():
        ends = [caller(AwsIdentity(roles=roles[:count])) for count in (1, 2)]
    assert ends == [
        "arn:aws:sts::210987654321:assumed-role/hub/groundwork",
        "arn:aws:sts::123456789012:assumed-role/deploy/ci",
    ]


def test_a_role_is_asked_for_with_all_that_was_said_of_it() -> None:
    role = AssumedRole(
        role_arn=HUB,
        session_name="ci",
        external_id="groundwork",
        policy="{}",
        policy_arns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        source_identity="alice",
        tags={"team": "a"},
        transitive_tag_keys=["team"],
    )
    assert role.parameters() == {
        "RoleArn": HUB,
        "RoleSessionName": "ci",
        "ExternalId": "groundwork",
        "Policy": "{}",
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "SourceIdentity": "alice",
        "Tags": [{"Key": "team", "Value": "a"}],
        "TransitiveTagKeys": ["team"],
    }
    bare = AssumedRole(role_arn=HUB).parameters()
    assert bare == {"RoleArn": HUB, "RoleSessionName": "groundwork"}


def test_a_token_of_somebody_else_goes_before_the_environment(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("signed")
    web = WebIdentity(role_arn=DEPLOY, web_identity_token_file=str(token), session_name="pod")
    with mock_aws():
        assert caller(AwsIdentity(web_identity=web)).endswith(":assumed-role/deploy/pod")


def test_a_profile_in_files_of_its_own_goes_before_keys_in_the_environment(tmp_path: Path) -> None:
    config, keys = tmp_path / "config", tmp_path / "keys"
    config.write_text(
        f"[profile team]\nsource_profile = base\nrole_arn = {HUB}\nrole_session_name = alice\n"
    )
    keys.write_text("[base]\naws_access_key_id = a\naws_secret_access_key = b\n")
    identity = AwsIdentity(profile="team", config_file=str(config), credentials_file=str(keys))
    with mock_aws():
        assert caller(identity).endswith(":assumed-role/hub/alice")


@pytest.mark.parametrize(
    ("identity", "words"),
    [
        (AwsIdentity(profile="nobody"), "nobody"),
        (
            AwsIdentity(web_identity=WebIdentity(role_arn=DEPLOY, web_identity_token_file="/none")),
            "/none",
        ),
    ],
)
def test_an_identity_that_is_not_there_is_named(identity: AwsIdentity, words: str) -> None:
    with pytest.raises(SecretError, match=words):
        read_credentials(ARN, identity=identity)


def test_a_secret_is_read_as_the_identity() -> None:
    with mock_aws():
        client = AwsIdentity(roles=[AssumedRole(role_arn=HUB)]).session(REGION)
        arn = client.client("secretsmanager").create_secret(Name="db", SecretString=SECRET)["ARN"]
        identity = AwsIdentity(roles=[AssumedRole(role_arn=HUB)])
        assert read_credentials(arn, identity=identity) == ("postgres", "not-to-be-seen")
        with pytest.raises(SecretError):  # the environment is in another account
            read_credentials(arn)


class Aws(ThreadingHTTPServer):
    """An agent of a node and a Secrets Manager, of which each answer is given beforehand."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.agent: list[tuple[int, dict[str, Any]]] = []
        self.secrets: list[tuple[int, dict[str, Any]]] = []
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Aws  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        self._answer("agent", self.server.agent)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer("secrets", self.server.secrets)

    def _answer(self, who: str, answers: list[tuple[int, dict[str, Any]]]) -> None:
        self.server.asked.append(who)
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


DENIED = (400, {"__type": "AccessDeniedException", "Message": "not authorized"})
ABSENT = (400, {"__type": "ResourceNotFoundException", "Message": "no such secret"})
HELD = (200, {"SecretString": SECRET})
NO_ASSOCIATION = (404, {"message": "no association"})
ROLE = {"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c"}
KNOWN = (200, {**ROLE, "Expiration": "2100-01-01T00:00:00Z"})


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with Aws() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://localhost:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)
        monkeypatch.setenv("NO_PROXY", "localhost")
        monkeypatch.setattr(secret, "ROLE_PAUSE_SECONDS", 0.01)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def pod(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """In a pod that asks the agent for its role."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://localhost:{aws.server_port}")
    return aws


def test_a_pod_waits_for_its_role_and_for_the_roles_policy(
    pod: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    # Botocore by itself asks an agent three times.
    pod.agent, pod.secrets = [*[NO_ASSOCIATION] * 3, KNOWN], [DENIED, DENIED, HELD]
    with caplog.at_level(logging.WARNING, logger="migrator"):
        assert read_credentials(ARN) == ("postgres", "not-to-be-seen")
    assert pod.asked.count("secrets") == 3
    (told,) = caplog.messages
    assert "perhaps because this pod's role is new; trying for 180 s" in told


def test_a_pod_does_not_wait_for_ever(pod: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "ROLE_WAIT_SECONDS", 2.0)
    pod.agent, pod.secrets = [KNOWN], [DENIED]
    with pytest.raises(SecretError, match="AccessDenied"):
        read_credentials(ARN)
    assert pod.asked.count("secrets") > 1


def test_nothing_else_is_waited_for(pod: Aws) -> None:
    pod.agent, pod.secrets = [KNOWN], [ABSENT]
    with pytest.raises(SecretError, match="ResourceNotFound"):
        read_credentials(ARN)
    assert pod.asked.count("secrets") == 1


def test_who_is_refused_outside_a_pod_is_told_at_once(aws: Aws) -> None:
    aws.secrets = [DENIED]
    with pytest.raises(SecretError, match="AccessDenied"):
        read_credentials(ARN)
    assert aws.asked == ["secrets"]
