"""`groundwork:secrets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from components import secrets
from components.arguments import Fault, Setting, Settings, below, kubernetes_name_faults
from components.secrets import (
    ApplicationSecretsSettings,
    ClusterSecretStoreSettings,
    ExternalSecretsOperatorSettings,
)
from infra.settings.keys import Inline


@dataclass(frozen=True, kw_only=True)
class ExternalSecretSettings(secrets.ExternalSecretSettings):
    """A Kubernetes Secret that the operator fills."""

    namespace: Annotated[str, Setting("Where it is made; one of `namespaces`")]


@dataclass(frozen=True, kw_only=True)
class SecretsSettings(Settings):
    """The application's secrets, and the External Secrets Operator that brings them in."""

    operator: Annotated[
        ExternalSecretsOperatorSettings,
        Inline(namespace="operator_namespace", replicas="operator_replicas"),
    ]
    values: Annotated[ApplicationSecretsSettings, Inline(secrets="application_secrets")]
    store: Annotated[ClusterSecretStoreSettings, Inline(name="store")]
    external_secrets: Annotated[
        Mapping[str, ExternalSecretSettings], Setting("Kubernetes Secrets to fill, by name")
    ] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        """All faults but those of the parts alone."""
        for name, secret in self.external_secrets.items():
            yield from below(f"external_secrets.{name}", self._secret_faults(name, secret))
        yield from self._target_faults()

    def _target_faults(self) -> Iterator[Fault]:
        """Two ExternalSecrets that would own one Secret."""
        owners: dict[tuple[str, str], str] = {}
        for name, secret in self.external_secrets.items():
            target = secret.target_name or name
            owner = owners.setdefault((secret.namespace, target), name)
            if owner != name:
                yield Fault(
                    f"external_secrets.{name}.target_name",
                    target,
                    f"{owner!r} fills the Secret of this name in {secret.namespace} already",
                )

    def _secret_faults(self, name: str, secret: ExternalSecretSettings) -> Iterator[Fault]:
        yield from kubernetes_name_faults("name", name)
        yield from secret.faults()
        if secret.namespace not in self.store.namespaces:
            yield Fault("namespace", secret.namespace, "add it to `namespaces`")
        prefixes = self.operator.secret_prefixes
        for position, entry in enumerate(secret.data):
            if not entry.key.startswith(tuple(prefixes)):
                yield Fault(
                    f"data[{position}].key",
                    entry.key,
                    f"the operator may read {', '.join(prefixes)} only (`secret_prefixes`)",
                )
