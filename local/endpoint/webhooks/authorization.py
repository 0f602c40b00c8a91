"""The authorization webhook: EKS access policies and how far they reach."""

import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from wsgiref.types import WSGIEnvironment

from werkzeug.wrappers import Request, Response

from local.endpoint.eks import EksStore
from local.endpoint.eks.access_policies import ADMIN_VIEW, CLUSTER_ADMIN, policy_name
from local.endpoint.webhooks.policy_rules import RULES

# What may be asked at paths such as /metrics, by policy; the others have their resources only.
PATH_VERBS = {CLUSTER_ADMIN: frozenset({"*"}), ADMIN_VIEW: frozenset({"get"})}


class Authorizer:
    """Answers SubjectAccessReview for principals that have access policies.

    It allows or has no opinion, never denies: the API server asks RBAC as well.
    """

    def __init__(
        self,
        *,
        state: Callable[[], AbstractContextManager[None]],
        stores: Callable[[], list[EksStore]],
    ) -> None:
        self._state = state
        self._stores = stores

    def answer(self, environ: WSGIEnvironment) -> Response:
        """The answer to a POST of a SubjectAccessReview (v1)."""
        review = Request(environ).get_json(silent=True)
        spec = review.get("spec") if isinstance(review, dict) else None
        if not isinstance(spec, dict):
            return Response("no SubjectAccessReview with spec\n", status=400)
        policy = self._allowing_policy(spec)
        status: dict[str, Any] = {"allowed": policy is not None}
        if policy is not None:
            status["reason"] = f"EKS access policy {policy}"
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "status": status,
        }
        return Response(json.dumps(body), content_type="application/json")

    def _allowing_policy(self, spec: dict[str, Any]) -> str | None:
        principal = _principal(spec)
        if principal is None:
            return None
        with self._state():
            for store in self._stores():
                for cluster in store.clusters.values():
                    entry = cluster.entries.get(principal)
                    for arn, association in (entry.policies if entry else {}).items():
                        if allows(policy_name(arn), association["accessScope"], spec):
                            return policy_name(arn)
        return None


def allows(policy: str, scope: dict[str, Any], spec: dict[str, Any]) -> bool:
    """Whether an access policy with a scope covers the request of a SubjectAccessReview."""
    resource = spec.get("resourceAttributes")
    if not resource:
        verbs = PATH_VERBS.get(policy, frozenset())
        verb = (spec.get("nonResourceAttributes") or {}).get("verb")
        return scope["type"] == "cluster" and ("*" in verbs or verb in verbs)
    namespace = resource.get("namespace", "")
    if scope["type"] == "namespace" and not any(
        _matches(pattern, namespace) for pattern in scope["namespaces"]
    ):
        return False
    named = resource.get("resource", "")
    if resource.get("subresource"):
        named = f"{named}/{resource['subresource']}"
    return any(
        rule.allows(group=resource.get("group", ""), resource=named, verb=resource.get("verb", ""))
        for rule in RULES[policy]
    )


def _matches(pattern: str, namespace: str) -> bool:
    if not namespace:
        return False
    parts = (re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), namespace) is not None


def _principal(spec: dict[str, Any]) -> str | None:
    # Only the token webhook writes this; a user cannot choose it, except who may impersonate.
    for name, values in (spec.get("extra") or {}).items():
        if name.lower() == "canonicalarn" and values:
            return values[0]
    return None
