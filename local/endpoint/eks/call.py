"""One EKS request as an operation sees it."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from moto.moto_api._internal import mock_random

from local.endpoint.clock import clock
from local.endpoint.eks.errors import invalid_parameter
from local.endpoint.eks.store import Cluster, Description, EksStore

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True)
class Kubernetes:
    """The API server that stands for every cluster: its URL and its PEM authority."""

    endpoint: str
    authority: bytes


@dataclass(frozen=True, kw_only=True)
class Call:
    """A parsed request.

    parameters: the operation's input in botocore's names, those in the URL included.
    caller_arn: who asks, for CreateCluster.
    """

    store: EksStore
    parameters: dict[str, Any]
    account_id: str
    region: str
    partition: str
    caller_arn: str
    kubernetes: Kubernetes

    @property
    def now(self) -> datetime:
        """The instant at which the request is applied."""
        return clock.now()

    def __getitem__(self, name: str) -> Any:
        return self.parameters[name]

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter that may be missing."""
        value = self.parameters.get(name)
        return default if value is None else value

    def given(self, *names: str) -> dict[str, Any]:
        """Those of the named parameters that were sent."""
        return {name: self.parameters[name] for name in names if self.get(name) is not None}

    def cluster(self) -> Cluster:
        """The cluster that the request names."""
        return self.store.cluster(self.get("clusterName") or self["name"])

    def arn(self, path: str) -> str:
        """The ARN of something of EKS in the caller's account and region."""
        return f"arn:{self.partition}:eks:{self.region}:{self.account_id}:{path}"

    def page(self, items: Sequence[Item]) -> tuple[Sequence[Item], str | None]:
        """The part of a list that ``maxResults`` and ``nextToken`` ask for."""
        token = self.get("nextToken")
        try:
            start = int(base64.urlsafe_b64decode(token)) if token else 0
        except (ValueError, binascii.Error) as error:
            raise invalid_parameter(f"nextToken is not one of ours: {token}") from error
        end = start + int(self.get("maxResults", 100))
        following = base64.urlsafe_b64encode(str(end).encode()).decode()
        return items[start:end], following if end < len(items) else None


Operation = Callable[[Call], dict[str, Any]]


def new_uuid() -> str:
    """A fresh UUID, the same in a replay."""
    return str(mock_random.uuid4())


def record_update(
    call: Call, cluster: Cluster, kind: str, parameters: dict[str, Any]
) -> Description:
    """Notes an update that has taken effect, for DescribeUpdate."""
    update = {
        "id": new_uuid(),
        "status": "Successful",
        "type": kind,
        "params": [{"type": name, "value": str(value)} for name, value in parameters.items()],
        "createdAt": call.now,
        "errors": [],
    }
    cluster.updates[update["id"]] = update
    return update
