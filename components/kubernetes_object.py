"""Kubernetes objects of kinds that come with a CRD."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi import Input, Output, ResourceOptions


class KubernetesObject(kubernetes.apiextensions.CustomResource):
    """A CustomResource whose metadata can be read.

    `object_name` and `object_namespace` (of namespaced kinds) carry the dependency: what is built
    from them comes after the object.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        api_version: str,
        kind: str,
        metadata: Mapping[str, Input[object]],
        spec: Mapping[str, object],
        opts: ResourceOptions,
    ) -> None:
        super().__init__(resource_name, api_version, kind, dict(spec), dict(metadata), opts)  # pyright: ignore[reportArgumentType]

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
