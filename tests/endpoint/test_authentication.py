"""The token webhook admits exactly those whom EKS would."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.endpoint.endpoint import ACCOUNT, ENGINEER, REGION, Endpoint
from tests.endpoint.foundation import Foundation

PREFIX = "k8s-aws-v1."


@pytest.fixture(scope="module")
def cluster(foundation: Foundation) -> str:
    name = foundation.cluster()
    foundation.endpoint.client("eks").create_access_entry(
        clusterName=name, principalArn=ENGINEER, kubernetesGroups=["platform"]
    )
    return name


def review(endpoint: Endpoint, token: str) -> dict[str, Any]:
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenReview",
        "spec": {"token": token},
    }
    return endpoint.post("/kubernetes/authenticate", body)["status"]


def presigned(
    endpoint: Endpoint,
    credentials: Credentials,
    cluster: str,
    *,
    at: datetime | None = None,
    action: str = "GetCallerIdentity",
    host: str | None = None,
) -> str:
    """A token as `aws eks get-token` makes it, with one thing different."""
    request = AWSRequest(
        method="GET",
        url=f"http://{host or endpoint.url.removeprefix('http://')}/"
        f"?Action={action}&Version=2011-06-15",
        headers={"x-k8s-aws-id": cluster},
    )
    signer = SigV4QueryAuth(credentials, "sts", endpoint.region, expires=60)
    if at is None:
        signer.add_auth(request)
    else:
        _sign_at(signer, request, at)
    return PREFIX + base64.urlsafe_b64encode(str(request.url).encode()).decode().rstrip("=")


def _sign_at(signer: SigV4QueryAuth, request: AWSRequest, at: datetime) -> None:
    request.context["timestamp"] = at.strftime("%Y%m%dT%H%M%SZ")
    signer._modify_request_before_signing(request)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))


@pytest.fixture(scope="module")
def engineer(endpoint: Endpoint) -> Credentials:
    return Credentials(*endpoint.engineer_keys())


def test_awscli_token_is_accepted(endpoint: Endpoint, cluster: str) -> None:
    aws = Path(sys.executable).with_name("aws")
    answer = subprocess.run(
        [aws, "eks", "get-token", "--cluster-name", cluster, "--output", "json"],
        env=endpoint.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    status = review(endpoint, json.loads(answer.stdout)["status"]["token"])
    assert status["authenticated"] is True
    user = status["user"]
    assert user["username"] == ENGINEER
    assert user["groups"] == ["platform"]
    assert user["uid"].startswith(f"aws-iam-authenticator:{ACCOUNT}:")
    assert user["extra"]["canonicalArn"] == [ENGINEER]
    assert user["extra"]["accessKeyId"] == [endpoint.engineer_keys()[0]]


def test_token_for_sts_itself_is_accepted(
    endpoint: Endpoint, cluster: str, engineer: Credentials
) -> None:
    token = presigned(endpoint, engineer, cluster, host=f"sts.{REGION}.amazonaws.com")
    assert review(endpoint, token)["authenticated"] is True


def test_assumed_role_is_known_by_its_role(
    endpoint: Endpoint, foundation: Foundation, cluster: str
) -> None:
    role = foundation.role_for({"AWS": ENGINEER}, "deployer")
    endpoint.client("eks").create_access_entry(clusterName=cluster, principalArn=role)
    session = endpoint.client("sts").assume_role(RoleArn=role, RoleSessionName="me@work")
    keys = session["Credentials"]
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    user = review(endpoint, presigned(endpoint, credentials, cluster))["user"]
    assert user["username"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/me-work"
    assert user["extra"]["canonicalArn"] == [role]
    assert user["extra"]["sessionName"] == ["me@work"]
    forged = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], "another session token")
    assert review(endpoint, presigned(endpoint, forged, cluster))["authenticated"] is False


def test_principal_without_an_entry_is_refused(
    endpoint: Endpoint, foundation: Foundation, cluster: str
) -> None:
    _, keys = foundation.user("stranger")
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    status = review(endpoint, presigned(endpoint, credentials, cluster))
    assert status["authenticated"] is False
    assert "no access entry" in status["error"]


def test_deleted_entry_shuts_out(endpoint: Endpoint, foundation: Foundation, cluster: str) -> None:
    arn, keys = foundation.user("leaver")
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    eks = endpoint.client("eks")
    eks.create_access_entry(clusterName=cluster, principalArn=arn)
    assert review(endpoint, presigned(endpoint, credentials, cluster))["authenticated"] is True
    eks.delete_access_entry(clusterName=cluster, principalArn=arn)
    assert review(endpoint, presigned(endpoint, credentials, cluster))["authenticated"] is False


def test_inactive_key_is_refused(endpoint: Endpoint, foundation: Foundation, cluster: str) -> None:
    arn, keys = foundation.user("dormant")
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    endpoint.client("eks").create_access_entry(clusterName=cluster, principalArn=arn)
    endpoint.client("iam").update_access_key(
        UserName="dormant", AccessKeyId=keys["aws_access_key_id"], Status="Inactive"
    )
    assert review(endpoint, presigned(endpoint, credentials, cluster))["authenticated"] is False


def test_forged_tokens_are_refused(endpoint: Endpoint, cluster: str, engineer: Credentials) -> None:
    now = datetime.now(UTC)
    good = presigned(endpoint, engineer, cluster)
    assert review(endpoint, good)["authenticated"] is True
    wrong_secret = Credentials(engineer.access_key, "x" * 40)
    url = base64.urlsafe_b64decode(good.removeprefix(PREFIX) + "==").decode()
    longer = url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")
    assert longer != url
    forged = {
        "wrong secret": presigned(endpoint, wrong_secret, cluster),
        "unknown key": presigned(endpoint, Credentials("AKIA0000000000000000", "x"), cluster),
        "other cluster": presigned(endpoint, engineer, "another"),
        "expired": presigned(endpoint, engineer, cluster, at=now - timedelta(minutes=16)),
        "from the future": presigned(endpoint, engineer, cluster, at=now + timedelta(hours=1)),
        "other action": presigned(endpoint, engineer, cluster, action="GetSessionToken"),
        "other host": presigned(endpoint, engineer, cluster, host="evil.example"),
        "tampered": PREFIX + base64.urlsafe_b64encode(longer.encode()).decode().rstrip("="),
        "no token": "k8s-aws-v1.!!!",
        "other kind": "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
    }
    accepted = [name for name, token in forged.items() if review(endpoint, token)["authenticated"]]
    assert accepted == []


def test_creator_is_admin_only_if_the_cluster_says_so(
    endpoint: Endpoint, foundation: Foundation, engineer: Credentials
) -> None:
    closed = foundation.cluster()
    opened = foundation.cluster(
        accessConfig={
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": True,
        }
    )
    assert review(endpoint, presigned(endpoint, engineer, closed))["authenticated"] is False
    assert review(endpoint, presigned(endpoint, engineer, opened))["authenticated"] is True
    policies = boto3_policies(endpoint, opened)
    assert policies == ["arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"]


def boto3_policies(endpoint: Endpoint, cluster: str) -> list[str]:
    listed = endpoint.client("eks").list_associated_access_policies(
        clusterName=cluster, principalArn=ENGINEER
    )
    return [policy["policyArn"] for policy in listed["associatedAccessPolicies"]]


def test_malformed_review_is_an_error(endpoint: Endpoint) -> None:
    assert endpoint.request("POST", "/kubernetes/authenticate", b"{}")[0] == 400
    assert endpoint.request("GET", "/kubernetes/authenticate")[0] == 405
