"""Where External Secrets reads from, and for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pulumi import Output, ResourceOptions

from components.arguments import (
    Args,
    Fault,
    Setting,
    Settings,
    kubernetes_name_faults,
    repeated_faults,
)
from components.component import Component
from components.kubernetes_object import KubernetesObject


@dataclass(frozen=True, kw_only=True)
class ClusterSecretStoreSettings(Settings):
    """A store that the ExternalSecrets of some namespaces may use."""

    name: Annotated[str, Setting("Name of the ClusterSecretStore")] = "aws-secrets-manager"
    # Without a list, the store would serve every namespace.
    namespaces: Annotated[
        Sequence[str],
        Setting(
            "Namespaces that may read through the store, each all that the operator may read"
            " (`secret_prefixes`). They are made; one that neither this list nor an application"
            " names any more is deleted with everything in it, volumes too",
            example=["production"],
        ),
    ]

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("name", self.name)
        if not self.namespaces:
            yield Fault("namespaces", [], "name the namespaces that may read secrets")
        for position, namespace in enumerate(self.namespaces):
            yield from kubernetes_name_faults(f"namespaces[{position}]", namespace)
        yield from repeated_faults("namespaces", self.namespaces)


@dataclass(frozen=True, kw_only=True)
class ClusterSecretStoreArgs(ClusterSecretStoreSettings, Args):
    """ClusterSecretStoreSettings, and the `region` of Secrets Manager."""

    region: str


class ClusterSecretStore(Component):
    """A ClusterSecretStore for AWS Secrets Manager. Output: `store_name`. `ready`: the store.

    It holds no credentials: the operator's pods have their role from EKS Pod Identity.
    """

    subject = "secrets"

    store_name: Output[str]
    ready: KubernetesObject

    def __init__(
        self, name: str, args: ClusterSecretStoreArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        self.ready = KubernetesObject(
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
        self.store_name = self.ready.object_name
        self.register_outputs(self.outputs())
