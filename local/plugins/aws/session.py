"""AWS clients by region, and API calls whose faults say what was asked of which resource."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.plugins.aws.model import method_name, parameters_of, redact
from local.plugins.framework.failure import ProviderError

_CONFIG = Config(retries={"total_max_attempts": 4, "mode": "standard"}, max_pool_connections=32)
# How the services' error codes say it: InvalidVpcID.NotFound, NoSuchEntity, QueueDoesNotExist …
_MISSING = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")


def means_not_found(code: str) -> bool:
    """Whether an error code of AWS says that something does not exist."""
    return any(word in code for word in _MISSING)


class AwsError(ProviderError):
    """An API call that failed; ``code`` is AWS's error code, empty if no answer came."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code

    @property
    def not_found(self) -> bool:
        """Whether the object of the call, or one it belongs to, does not exist."""
        return means_not_found(self.code)

    @property
    def in_use(self) -> bool:
        """Whether another object still needs this one."""
        words = ("DependencyViolation", "InUse", "DeleteConflict", "InvalidDBSubnetGroupState")
        return any(word in self.code for word in words)


class Session:
    """Clients for one region. Without ``boto`` and ``endpoint``, those of the environment."""

    def __init__(
        self, region: str, boto: boto3.Session | None = None, endpoint: str | None = None
    ) -> None:
        self.region = region
        self.stopping = threading.Event()
        self._boto = boto or boto3.Session(region_name=region)
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str) -> Any:
        """The boto3 client; made once, since making one costs far more than a call."""
        with self._lock:
            key = service, region
            if key not in self._clients:
                self._clients[key] = self._boto.client(  # pyright: ignore[reportCallIssue]
                    service,  # pyright: ignore[reportArgumentType]
                    region_name=region,
                    config=_CONFIG,
                    endpoint_url=self._endpoint,
                )
            return self._clients[key]

    def call(
        self, service: str, region: str, operation: str, parameters: Mapping[str, Any], target: str
    ) -> dict[str, Any]:
        """The response of an operation, without its metadata. Raises :class:`AwsError`."""
        client = self.client(service, region)
        method = method_name(operation)
        try:
            if client.can_paginate(method):
                response = client.get_paginator(method).paginate(**parameters).build_full_result()
            else:
                response = getattr(client, method)(**parameters)
        except ClientError as fault:
            error = fault.response.get("Error", {})
            code = error.get("Code", "")
            reason = f"{code}: {error.get('Message', '')}"
            raise AwsError(
                self._text(service, operation, parameters, target, reason), code
            ) from fault
        except BotoCoreError as fault:
            text = self._text(service, operation, parameters, target, str(fault))
            raise AwsError(text) from fault
        response.pop("ResponseMetadata", None)
        return response

    @staticmethod
    def _text(
        service: str, operation: str, parameters: Mapping[str, Any], target: str, reason: str
    ) -> str:
        shape = parameters_of(service, operation)
        sent = json.dumps(redact(parameters, shape), default=str)
        return f"{target}: {service}:{operation} failed with {reason} (sent {sent})"

    @functools.cached_property
    def caller(self) -> dict[str, Any]:
        """Account, Arn and UserId of the credentials in use."""
        return self.call("sts", self.region, "GetCallerIdentity", {}, "provider aws")

    @property
    def partition(self) -> str:
        """The partition of the region, such as ``aws`` or ``aws-eusc``."""
        return self._boto.get_partition_for_region(self.region)
