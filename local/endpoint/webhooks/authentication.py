"""The token webhook: from ``aws eks get-token`` to a Kubernetes user."""

import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from wsgiref.types import WSGIEnvironment

from werkzeug.wrappers import Request, Response

from local.endpoint.eks import Cluster, EksStore
from local.endpoint.webhooks.caller import Caller, find_caller
from local.endpoint.webhooks.token import PresignedCall, TokenError, decode_token
from local.partitions import dns_suffix

LOG = logging.getLogger(__name__)


class Authenticator:
    """Answers TokenReview as EKS does, through the access entries of the cluster named.

    account_id: the account whose access keys are known.
    own_hosts: hosts of this endpoint; a token may have been presigned for these or for STS.
    state: keeps the AWS state still while it is read.
    stores: the clusters.
    """

    def __init__(
        self,
        *,
        account_id: str,
        own_hosts: frozenset[str],
        state: Callable[[], AbstractContextManager[None]],
        stores: Callable[[], list[EksStore]],
    ) -> None:
        self._account_id = account_id
        self._own_hosts = own_hosts
        self._state = state
        self._stores = stores

    def answer(self, environ: WSGIEnvironment) -> Response:
        """The answer to a POST of a TokenReview (v1)."""
        review = Request(environ).get_json(silent=True)
        token = _token_of(review)
        if token is None:
            return Response("no TokenReview with spec.token\n", status=400)
        try:
            status: dict[str, Any] = {"authenticated": True, "user": self._user(token)}
        except TokenError as error:
            LOG.info("a token was refused: %s", error)
            status = {"authenticated": False, "error": str(error)}
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status}
        return Response(json.dumps(body), content_type="application/json")

    def _user(self, token: str) -> dict[str, Any]:
        call = decode_token(token, now=datetime.now(UTC))
        if call.host not in self._own_hosts and call.host != _sts(call.region):
            raise TokenError(f"the URL points to {call.host}, which is not STS")
        with self._state():
            caller = find_caller(self._account_id, call)
            cluster = self._signed_cluster(call, caller)
            if cluster.description["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
                raise TokenError(f"cluster {cluster.name} does not use access entries")
            entry = cluster.entries.get(caller.principal_arn)
            if entry is None:
                raise TokenError(
                    f"{caller.principal_arn} has no access entry in cluster {cluster.name}"
                )
            return _described(entry.description, caller, call)

    def _signed_cluster(self, call: PresignedCall, caller: Caller) -> Cluster:
        # The cluster's name is in a header that only the signature is proof of, so the
        # cluster is the one for which the signature is right.
        wrong = TokenError("no cluster is there for which the signature is right")
        for store in self._stores():
            for name, cluster in store.clusters.items():
                try:
                    call.check_signature(secret=caller.secret, cluster=name)
                except TokenError:
                    continue
                return cluster
        raise wrong


def _sts(region: str) -> str:
    try:
        return f"sts.{region}.{dns_suffix(region)}"
    except ValueError as error:
        raise TokenError(str(error)) from error


def _token_of(review: Any) -> str | None:
    spec = review.get("spec") if isinstance(review, dict) else None
    token = spec.get("token") if isinstance(spec, dict) else None
    return token if isinstance(token, str) else None


def _described(entry: dict[str, Any], caller: Caller, call: PresignedCall) -> dict[str, Any]:
    # Kubernetes names may not hold an @ here; EKS writes a hyphen for it.
    session = (caller.session_name or "").replace("@", "-")
    username = (
        entry["username"]
        .replace("{{SessionName}}", session)
        .replace("{{SessionNameRaw}}", caller.session_name or "")
        .replace("{{AccountID}}", caller.account_id)
        .replace("{{EC2PrivateDNSName}}", session)
    )
    return {
        "username": username,
        "uid": f"aws-iam-authenticator:{caller.account_id}:{caller.principal_id}",
        "groups": entry["kubernetesGroups"],
        "extra": {
            "accessKeyId": [call.access_key_id],
            "arn": [caller.arn],
            "canonicalArn": [caller.principal_arn],
            "principalId": [caller.principal_id],
            "sessionName": [caller.session_name or ""],
        },
    }
