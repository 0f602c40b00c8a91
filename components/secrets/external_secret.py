"""A Kubernetes Secret whose values come from AWS Secrets Manager."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pulumi import Input, Output, Resource, ResourceOptions

from components.cluster.pod_identity import check_kubernetes_name
from components.component import ArgumentError, Component
from components.duration import format_duration
from components.kubernetes_object import KubernetesObject


@dataclass(frozen=True, kw_only=True)
class RemoteValue:
    """`key`: a secret's name in Secrets Manager; `property`: a field of its JSON."""

    key: str
    property: str


@dataclass(frozen=True, kw_only=True)
class ExternalSecretArgs:
    """`data`: by key in the Kubernetes Secret. `store_name`: a ClusterSecretStore.

    `target_name`: the Kubernetes Secret, by default called as the ExternalSecret.
    `refresh_interval`: default one hour.
    """

    name: str
    namespace: Input[str]
    store_name: Input[str]
    data: Mapping[str, RemoteValue]
    target_name: str | None = None
    refresh_interval: timedelta = timedelta(hours=1)
    wait_for: Sequence[Resource] = ()

    def __post_init__(self) -> None:
        check_kubernetes_name("name", self.name)
        if self.target_name is not None:
            check_kubernetes_name("target_name", self.target_name)
        if not self.data:
            raise ArgumentError("data", {}, "name at least one key")
        format_duration(self.refresh_interval)


class ExternalSecret(Component):
    """An ExternalSecret that owns the Secret it fills. Outputs: `namespace`, `secret_name`."""

    subject = "secrets"

    namespace: Output[str]
    secret_name: Output[str]

    def __init__(
        self, name: str, args: ExternalSecretArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, wait_for=args.wait_for)
        target = args.target_name or args.name
        secret = KubernetesObject(
            self.child_name("external-secret"),
            api_version="external-secrets.io/v1",
            kind="ExternalSecret",
            metadata={"name": args.name, "namespace": args.namespace},
            spec={
                "refreshInterval": format_duration(args.refresh_interval),
                "secretStoreRef": {"name": args.store_name, "kind": "ClusterSecretStore"},
                "target": {"name": target, "creationPolicy": "Owner"},
                "data": [
                    {
                        "secretKey": key,
                        "remoteRef": {"key": remote.key, "property": remote.property},
                    }
                    for key, remote in args.data.items()
                ],
            },
            opts=self.child(),
        )
        self.namespace = secret.object_namespace
        self.secret_name = Output.from_input(target)
        self.register_outputs(self.outputs())
