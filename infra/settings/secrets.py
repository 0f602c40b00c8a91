"""`groundwork:secrets`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pulumi import Input
from pydantic import Field

from components.arguments import Fault
from components.chart import Chart
from components.secrets import (
    ApplicationSecretsArgs,
    ClusterSecretStoreArgs,
    ExternalSecretArgs,
    ExternalSecretsOperatorArgs,
    SecretEntry,
)
from infra.settings.subject import Duration, Foundation, StrictModel, Subject, attempt


class ExternalSecretSettings(StrictModel):
    """A Kubernetes Secret that the operator fills."""

    namespace: str = Field(description="Where it is made; one of `namespaces`")
    refresh_interval: Duration = Field(
        default=timedelta(hours=1), description="How often the values are read again"
    )
    target_name: str | None = Field(
        default=None, description="The Secret's name, if it is another one"
    )
    data: list[SecretEntry] = Field(description="Its keys, and where their values come from")

    def external_secret(
        self,
        *,
        name: str,
        namespace: Input[str],
        store_name: Input[str],
    ) -> ExternalSecretArgs:
        """Arguments of the ExternalSecret."""
        return ExternalSecretArgs(
            name=name,
            namespace=namespace,
            store_name=store_name,
            data=self.data,
            target_name=self.target_name,
            refresh_interval=self.refresh_interval,
        )


class SecretsSettings(Subject):
    """The application's secrets, and the External Secrets Operator that brings them in."""

    chart: Chart = Field(
        description="Helm repository and exact version of the chart `external-secrets`",
        examples=[{"repository": "https://charts.external-secrets.io", "version": "2.9.0"}],
    )
    operator_namespace: str = Field(
        default="external-secrets",
        description="Where the operator runs; cannot be changed once the chart is installed: Helm"
        " refuses CRDs that belong to the release in the other namespace",
    )
    operator_replicas: int = Field(
        default=1, description="Pods of the operator; one of them is active"
    )
    application_secrets: dict[str, str] = Field(
        default={},
        description="Secrets to make in Secrets Manager, name and purpose; their values are put"
        " in by hand",
    )
    recovery_days: int = Field(
        default=30, description="How long a deleted secret can be restored: 7 to 30 days, or 0"
    )
    secret_prefixes: list[str] = Field(
        description="The operator may read secrets whose names begin so", examples=[["prod/app/"]]
    )
    store: str = Field(default="aws-secrets-manager", description="Name of the ClusterSecretStore")
    namespaces: list[str] = Field(
        description="Namespaces that may read through the store. They are made; one that neither"
        " this list nor an application names any more is deleted with everything in it",
        examples=[["production"]],
    )
    external_secrets: dict[str, ExternalSecretSettings] = Field(
        default={}, description="Kubernetes Secrets to fill, by name"
    )

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        yield from attempt(lambda: self.values(foundation))
        yield from attempt(lambda: self.operator(foundation, cluster_name="", key_arn=""))
        yield from attempt(lambda: self.cluster_store(foundation))
        for name, secret in self.external_secrets.items():
            path = f"external_secrets.{name}"
            yield from attempt(
                lambda name=name, secret=secret: secret.external_secret(
                    name=name, namespace=secret.namespace, store_name=self.store
                ),
                path,
            )
            if secret.namespace not in self.namespaces:
                yield Fault(f"{path}.namespace", secret.namespace, "add it to `namespaces`")
            for position, entry in enumerate(secret.data):
                if not entry.key.startswith(tuple(self.secret_prefixes)):
                    yield Fault(
                        f"{path}.data[{position}].key",
                        entry.key,
                        f"the operator may read {', '.join(self.secret_prefixes)} only"
                        " (`secret_prefixes`)",
                    )

    def values(self, foundation: Foundation) -> ApplicationSecretsArgs:
        """Arguments of the secrets in Secrets Manager."""
        return ApplicationSecretsArgs(
            account=foundation.account,
            secrets=self.application_secrets,
            recovery_days=self.recovery_days,
            tags=foundation.tags,
        )

    def operator(
        self, foundation: Foundation, *, cluster_name: Input[str], key_arn: Input[str]
    ) -> ExternalSecretsOperatorArgs:
        """Arguments of the operator."""
        return ExternalSecretsOperatorArgs(
            account=foundation.account,
            cluster_name=cluster_name,
            chart=self.chart,
            secret_prefixes=self.secret_prefixes,
            key_arn=key_arn,
            namespace=self.operator_namespace,
            replicas=self.operator_replicas,
            tags=foundation.tags,
        )

    def cluster_store(self, foundation: Foundation) -> ClusterSecretStoreArgs:
        """Arguments of the ClusterSecretStore."""
        return ClusterSecretStoreArgs(
            name=self.store,
            region=foundation.account.region,
            namespaces=self.namespaces,
        )
