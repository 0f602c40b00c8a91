"""A Kubernetes Secret whose values come from AWS Secrets Manager."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pulumi import Input, Output, ResourceOptions

from components.arguments import Args, Fault, Setting, Settings, kubernetes_name_faults
from components.component import Component
from components.duration import duration_faults, format_duration
from components.kubernetes_object import KubernetesObject

# It may become a file's name: not `.`, nor what begins with `..`.
SECRET_KEY = re.compile(r"(?!\.$|\.\.)[A-Za-z0-9._-]{1,253}")
# Or its ARN; services' own have a `!`.
SECRET_NAME = re.compile(r"[A-Za-z0-9/_+=.@:!-]{1,2048}")


def owned_faults(field: str, name: str) -> Iterator[Fault]:
    """A fault if a name belongs to an AWS service: those that it makes have a `!`."""
    if "!" in name:
        yield Fault(
            field,
            name,
            "it is a secret of an AWS service's, such as RDS's master password, whose key the"
            " operator may not use; give the application a user and a secret of its own",
        )


@dataclass(frozen=True, kw_only=True)
class SecretEntry(Args):
    """One key of a Kubernetes Secret, and where its value comes from."""

    secret_key: Annotated[str, Setting("The key in the Kubernetes Secret")]
    key: Annotated[str, Setting("A secret's name in Secrets Manager")]
    property: Annotated[str, Setting("A field of its JSON")]

    def faults(self) -> Iterator[Fault]:
        if not SECRET_KEY.fullmatch(self.secret_key):
            yield Fault(
                "secret_key",
                self.secret_key,
                "a Secret's key has letters, digits and ._- only, and does not begin with '..'",
            )
        if not SECRET_NAME.fullmatch(self.key):
            yield Fault("key", self.key, "a secret's name has letters, digits and /_+=.@- only")
        if not self.property.strip():
            yield Fault("property", self.property, "name a field of the secret's JSON")
        yield from owned_faults("key", self.key)


@dataclass(frozen=True, kw_only=True)
class ExternalSecretSettings(Settings):
    """A Kubernetes Secret that the operator fills."""

    refresh_interval: Annotated[timedelta, Setting("How often the values are read again")] = (
        timedelta(hours=1)
    )
    target_name: Annotated[str | None, Setting("The Secret's name, if it is another one")] = None
    data: Annotated[Sequence[SecretEntry], Setting("Its keys, and where their values come from")]

    def faults(self) -> Iterator[Fault]:
        if self.target_name is not None:
            yield from kubernetes_name_faults("target_name", self.target_name)
        keys = [entry.secret_key for entry in self.data]
        if not keys or len(set(keys)) != len(keys):
            yield Fault("data", keys, "name at least one key, and each only once")
        yield from duration_faults("refresh_interval", self.refresh_interval)


@dataclass(frozen=True, kw_only=True)
class ExternalSecretArgs(ExternalSecretSettings, Args):
    """`name`: of the ExternalSecret. `namespace`: where it and its Secret are.

    `store_name`: of a ClusterSecretStore.
    """

    name: str
    namespace: Input[str]
    store_name: Input[str]

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("name", self.name)
        yield from super().faults()


class ExternalSecret(Component):
    """An ExternalSecret that owns the Secret it fills. Outputs: `namespace`, `secret_name`."""

    subject = "secrets"

    namespace: Output[str]
    secret_name: Output[str]

    def __init__(
        self, name: str, args: ExternalSecretArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
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
                        "secretKey": entry.secret_key,
                        "remoteRef": {"key": entry.key, "property": entry.property},
                    }
                    for entry in args.data
                ],
            },
            opts=self.child(),
        )
        self.namespace = secret.object_namespace
        self.secret_name = Output.from_input(target)
        self.register_outputs(self.outputs())
