"""Kubernetes objects by their API version and kind."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata as installed

import pulumi
from pulumi import Input, Output, ResourceOptions

SDK_VERSION = installed.version("pulumi-kubernetes")
"""Of the provider that is asked for where none is given."""


class KubernetesObject(pulumi.CustomResource):
    """An object of any kind: of those that a CRD brings, and of Kubernetes' own.

    To use one class of the SDK is to load its siblings too, and those of core/v1 take a third of
    a second of every run. `object_name` and `object_namespace` (of namespaced kinds) carry the
    dependency: what is built from them comes after the object.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        api_version: str,
        kind: str,
        metadata: Mapping[str, Input[object]],
        opts: ResourceOptions,
        spec: Mapping[str, object] | None = None,
    ) -> None:
        group_version = api_version if "/" in api_version else f"core/{api_version}"
        properties: dict[str, object] = {
            "apiVersion": api_version,
            "kind": kind,
            "metadata": dict(metadata),
        }
        if spec is not None:
            properties["spec"] = dict(spec)
        super().__init__(
            f"kubernetes:{group_version}:{kind}",
            resource_name,
            properties,
            ResourceOptions.merge(opts, ResourceOptions(version=SDK_VERSION)),
        )

    @property
    def object_name(self) -> Output[str]:
        """`metadata.name`."""
        return self._metadata["name"]

    @property
    def object_namespace(self) -> Output[str]:
        """`metadata.namespace`."""
        return self._metadata["namespace"]

    @property
    def _metadata(self) -> Output[Mapping[str, str]]:
        return pulumi.get(self, "metadata")
