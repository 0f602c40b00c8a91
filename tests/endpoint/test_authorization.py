"""The authorization webhook gives what the access policies give, and nothing more."""

from typing import Any

import pytest

from tests.endpoint.endpoint import Endpoint
from tests.endpoint.foundation import Foundation

POLICY = "arn:aws:eks::aws:cluster-access-policy/"


@pytest.fixture(scope="module")
def principals(endpoint: Endpoint, foundation: Foundation) -> dict[str, str]:
    """One IAM user for each policy and scope, by name."""
    cluster = foundation.cluster()
    eks = endpoint.client("eks")
    everywhere = {"type": "cluster"}
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "root": ("AmazonEKSClusterAdminPolicy", everywhere),
        "admin": ("AmazonEKSAdminPolicy", everywhere),
        "auditor": ("AmazonEKSAdminViewPolicy", everywhere),
        "viewer": ("AmazonEKSViewPolicy", everywhere),
        "team": (
            "AmazonEKSEditPolicy",
            {"type": "namespace", "namespaces": ["team-a", "dev-*"]},
        ),
    }
    arns: dict[str, str] = {}
    for name, (policy, scope) in given.items():
        arns[name], _ = foundation.user(f"authz-{name}")
        eks.create_access_entry(clusterName=cluster, principalArn=arns[name])
        eks.associate_access_policy(
            clusterName=cluster,
            principalArn=arns[name],
            policyArn=POLICY + policy,
            accessScope=scope,
        )
    return arns


def allowed(endpoint: Endpoint, arn: str, **attributes: Any) -> bool:
    kind = "nonResourceAttributes" if "path" in attributes else "resourceAttributes"
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": arn, "extra": {"canonicalArn": [arn]}, kind: attributes},
    }
    status = endpoint.post("/kubernetes/authorize", body)["status"]
    assert status.get("denied", False) is False
    return status["allowed"]


@pytest.mark.parametrize(
    ("who", "attributes", "expected"),
    [
        ("root", {"verb": "delete", "resource": "nodes"}, True),
        ("root", {"verb": "escalate", "resource": "clusterroles", "group": "any.io"}, True),
        ("root", {"verb": "get", "path": "/metrics"}, True),
        ("admin", {"verb": "create", "resource": "secrets", "namespace": "x"}, True),
        (
            "admin",
            {
                "verb": "create",
                "resource": "roles",
                "group": "rbac.authorization.k8s.io",
                "namespace": "x",
            },
            True,
        ),
        ("admin", {"verb": "create", "resource": "namespaces"}, False),
        ("admin", {"verb": "get", "path": "/metrics"}, False),
        ("auditor", {"verb": "list", "resource": "secrets"}, True),
        ("auditor", {"verb": "list", "resource": "nodes"}, True),
        ("auditor", {"verb": "delete", "resource": "pods", "namespace": "x"}, False),
        ("viewer", {"verb": "list", "resource": "pods", "namespace": "x"}, True),
        (
            "viewer",
            {"verb": "get", "resource": "pods", "subresource": "log", "namespace": "x"},
            True,
        ),
        ("viewer", {"verb": "get", "resource": "secrets", "namespace": "x"}, False),
        ("viewer", {"verb": "create", "resource": "pods", "namespace": "x"}, False),
        ("team", {"verb": "create", "resource": "pods", "namespace": "team-a"}, True),
        ("team", {"verb": "create", "resource": "pods", "namespace": "dev-7"}, True),
        ("team", {"verb": "create", "resource": "pods", "namespace": "team-ab"}, False),
        ("team", {"verb": "create", "resource": "pods", "namespace": "prod"}, False),
        ("team", {"verb": "list", "resource": "pods"}, False),
        (
            "team",
            {
                "verb": "create",
                "resource": "roles",
                "group": "rbac.authorization.k8s.io",
                "namespace": "team-a",
            },
            False,
        ),
        ("team", {"verb": "get", "path": "/healthz"}, False),
    ],
)
def test_policy(
    endpoint: Endpoint,
    principals: dict[str, str],
    who: str,
    attributes: dict[str, Any],
    expected: bool,
) -> None:
    assert allowed(endpoint, principals[who], **attributes) is expected


def test_others_get_no_opinion(endpoint: Endpoint) -> None:
    assert not allowed(endpoint, "arn:aws:iam::123456789012:user/x", verb="get", resource="pods")
    body = {
        "spec": {
            "user": "system:serviceaccount:a:b",
            "resourceAttributes": {"verb": "get", "resource": "pods"},
        }
    }
    assert endpoint.post("/kubernetes/authorize", body)["status"] == {"allowed": False}


def test_scope_can_be_changed_and_taken_away(endpoint: Endpoint, foundation: Foundation) -> None:
    cluster = foundation.cluster()
    eks = endpoint.client("eks")
    arn, _ = foundation.user("authz-mover")
    association = {
        "clusterName": cluster,
        "principalArn": arn,
        "policyArn": POLICY + "AmazonEKSViewPolicy",
    }
    eks.create_access_entry(clusterName=cluster, principalArn=arn)
    for namespace in ("one", "two"):
        scope = {"type": "namespace", "namespaces": [namespace]}
        eks.associate_access_policy(**association, accessScope=scope)
    asked = {"verb": "get", "resource": "pods"}
    assert not allowed(endpoint, arn, **asked, namespace="one")
    assert allowed(endpoint, arn, **asked, namespace="two")
    eks.disassociate_access_policy(**association)
    assert not allowed(endpoint, arn, **asked, namespace="two")
