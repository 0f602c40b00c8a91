"""The EKS API: from an HTTP request to an operation and back."""

import json
from typing import Any

import moto.eks.urls
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse
from moto.sts.models import sts_backends

from local.endpoint.eks import (
    access,
    addons,
    clusters,
    nodegroups,
    pod_identity,
    policies,
    tags,
    updates,
)
from local.endpoint.eks.call import Call, Kubernetes, Operation
from local.endpoint.eks.errors import EksError
from local.endpoint.eks.store import EksStore

OPERATIONS: dict[str, Operation] = {
    **clusters.OPERATIONS,
    **nodegroups.OPERATIONS,
    **addons.OPERATIONS,
    **access.OPERATIONS,
    **policies.OPERATIONS,
    **pod_identity.OPERATIONS,
    **tags.OPERATIONS,
    **updates.OPERATIONS,
}
Answer = tuple[int, dict[str, str], str | bytes]


class EksRequest(BaseResponse):
    """moto's parser and serializer for the EKS protocol."""

    def __init__(self) -> None:
        super().__init__(service_name="eks")
        self.automated_parameter_parsing = True
        self.params: dict[str, Any] = {}


class EksService:
    """Answers all EKS requests; holds the clusters of every account and region."""

    def __init__(self, kubernetes: Kubernetes) -> None:
        self._kubernetes = kubernetes
        self._stores: dict[tuple[str, str], EksStore] = {}

    def install(self) -> None:
        """Takes the place of moto's EKS. moto reads these paths at the first EKS request."""
        moto.eks.urls.url_paths.clear()
        moto.eks.urls.url_paths["{0}/.*"] = self.answer

    def store(self, account_id: str, region: str) -> EksStore:
        """The clusters of one account and region."""
        return self._stores.setdefault((account_id, region), EksStore())

    def stores(self) -> list[EksStore]:
        """The clusters of every account and region that was asked for."""
        return list(self._stores.values())

    def answer(self, request: Request, url: str, headers: dict[str, str]) -> Answer:
        """One response, as moto's dispatcher takes it: status, headers, body."""
        parsed = EksRequest()
        parsed.setup_class(request, url, headers)
        action = parsed._get_action()
        operation = OPERATIONS.get(action)
        if operation is None:
            raise NotImplementedError(action)
        try:
            result = operation(self._call(parsed))
        except EksError as error:
            body = json.dumps({"__type": error.code, "message": str(error)})
            return error.status, {"x-amzn-ErrorType": error.code}, body
        return parsed.serialized(ActionResult(result))  # pyright: ignore[reportReturnType]

    def _call(self, parsed: EksRequest) -> Call:
        account, partition = parsed.current_account, parsed.partition
        _, caller_arn, _ = sts_backends[account][partition].get_caller_identity(
            parsed.get_access_key(), parsed.region
        )
        return Call(
            store=self.store(account, parsed.region),
            parameters={**parsed.uri_match, **parsed.params},
            account_id=account,
            region=parsed.region,
            partition=partition,
            caller_arn=caller_arn,
            kubernetes=self._kubernetes,
        )
