"""Where External Secrets reads from, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Output, Resource, ResourceOptions

from components.cluster.pod_identity import check_kubernetes_name
from components.component import ArgumentError, Component
from components.kubernetes_object import KubernetesObject


@dataclass(frozen=True, kw_only=True)
class ClusterSecretStoreArgs:
    """`namespaces`: whose ExternalSecrets may use the store; a store without a list would serve
    every namespace, so one must be given. `wait_for`: what brings the CRDs."""

    name: str
    region: str
    namespaces: Sequence[str]
    wait_for: Sequence[Resource] = ()

    def __post_init__(self) -> None:
        check_kubernetes_name("name", self.name)
        if not self.namespaces:
            raise ArgumentError("namespaces", [], "name the namespaces that may read secrets")
        for namespace in self.namespaces:
            check_kubernetes_name("namespaces", namespace)


class ClusterSecretStore(Component):
    """A ClusterSecretStore for AWS Secrets Manager. Output: `store_name`.

    It holds no credentials: the operator's pods have their role from EKS Pod Identity.
    """

    subject = "secrets"

    store_name: Output[str]

    def __init__(
        self, name: str, args: ClusterSecretStoreArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, wait_for=args.wait_for)
        store = KubernetesObject(
            self.child_name("store"),
            api_version="external-secrets.io/v1",
            kind="ClusterSecretStore",
            metadata={"name": args.name},
            spec={
                "provider": {"aws": {"service": "SecretsManager", "region": args.region}},
                "conditions": [{"namespaces": list(args.namespaces)}],
            },
            opts=self.child(),
        )
        self.store_name = store.object_name
        self.register_outputs(self.outputs())
