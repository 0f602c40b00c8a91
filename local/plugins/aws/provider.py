"""The plugin ``aws``: its settings, its resource types and its functions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from local.plugins.aws.catalog import ENTRIES
from local.plugins.aws.functions import FUNCTIONS
from local.plugins.aws.resource import AwsResource
from local.plugins.aws.rules import check_region
from local.plugins.aws.session import Session
from local.plugins.framework.failure import Failure, ProviderError
from local.plugins.framework.kept_types import KeptTypes, Types
from local.plugins.framework.plugin import Plugin, Properties
from local.plugins.framework.schema import inputs_of, outputs_of

VERSION = metadata.version("pulumi-aws")
_TAKEN = frozenset({"region", "defaultTags", "version", "pluginDownloadURL"})
# Who calls, and how AWS is reached: here the environment alone decides that, so that a stack for a
# real account can be previewed as it is.
_MOOT = frozenset(
    {
        "accessKey",
        "allowedAccountIds",
        "assumeRoleWithWebIdentity",
        "assumeRoles",
        "customCaBundle",
        "ec2MetadataServiceEndpoint",
        "ec2MetadataServiceEndpointMode",
        "endpoints",
        "forbiddenAccountIds",
        "httpProxy",
        "httpsProxy",
        "insecure",
        "maxRetries",
        "noProxy",
        "profile",
        "retryMode",
        "secretKey",
        "sharedConfigFiles",
        "sharedCredentialsFiles",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "stsRegion",
        "token",
        "tokenBucketRateLimiterCapacity",
        "useDualstackEndpoint",
        "useFipsEndpoint",
        "userAgents",
    }
)


def kept_types(file: Path | None) -> KeptTypes:
    """The SDK's types of all resources, kept in a file if there is one."""
    tokens = [entry.type for entry in ENTRIES]
    return KeptTypes(file, version=VERSION, tokens=tokens, make=_types)


def resources(
    session: Callable[[], Session], default_tags: Callable[[], Mapping[str, str]], types: KeptTypes
) -> dict[str, AwsResource]:
    """Every resource type by its token."""
    return {
        entry.type: AwsResource(
            entry=entry, session=session, default_tags=default_tags, types=types.of
        )
        for entry in ENTRIES
    }


class AwsPlugin(Plugin):
    """Endpoint, credentials and, as a fallback, the region are the environment's.

    ``types`` is the file in which the SDK's types of the resources are kept, if they are.
    """

    def __init__(self, types: Path | None = None) -> None:
        super().__init__(name="aws", version=VERSION)
        self.types = kept_types(types)
        self._session: Session | None = None
        self._default_tags: dict[str, str] = {}
        self.resources = resources(self.session, lambda: self._default_tags, self.types)

    def session(self) -> Session:
        """The configured session. Raises ``ProviderError`` before ``configure``."""
        if self._session is None:
            raise ProviderError("the provider aws has not been configured")
        return self._session

    def check_config(self, settings: Properties) -> tuple[Failure, ...]:
        failures = list(check_region(settings))
        for name in settings:
            if name in _TAKEN or name in _MOOT:
                continue
            reason = "is not a setting of the provider aws"
            if name in _provider_settings():
                reason = "is not supported by the local AWS plugin"
            failures.append(Failure(path=(name,), reason=reason))
        return tuple(failures)

    def configure(self, settings: Properties) -> None:
        region = settings.get("region") or os.environ.get("AWS_REGION")
        if not isinstance(region, str) or not region:
            raise ProviderError("the provider aws has no region: set aws:region or AWS_REGION")
        if not os.environ.get("AWS_ENDPOINT_URL"):
            raise ProviderError(
                "AWS_ENDPOINT_URL is not set: this plugin speaks to the local AWS endpoint only"
            )
        self._session = Session(region)
        default = _object(settings.get("defaultTags"))
        self._default_tags = dict(_object(default.get("tags")))

    def invoke(self, token: str, arguments: Properties) -> Properties:
        if token not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise ProviderError(f"the local AWS plugin has no function {token}; it has {known}")
        return FUNCTIONS[token](self.session(), arguments)

    def stop(self) -> None:
        if self._session is not None:
            self._session.stopping.set()


def _types(token: str) -> Types:
    """The SDK's types of a resource; looked up late, since its modules take long to import."""
    _, module, name = token.split(":")
    sdk = import_module(f"pulumi_aws.{module.split('/')[0]}")
    return Types(
        inputs=inputs_of(getattr(sdk, f"{name}Args")), outputs=outputs_of(getattr(sdk, name))
    )


def _provider_settings() -> Mapping[str, Any]:
    return inputs_of(import_module("pulumi_aws").ProviderArgs).fields


def _object(value: Any) -> Mapping[str, Any]:
    """Provider settings that are objects arrive as JSON text."""
    if isinstance(value, str):
        value = json.loads(value)
    return value or {}
