"""From Secrets Manager into Kubernetes: who may read what."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pulumi
import pytest

from components.arguments import ArgumentError
from components.secrets import (
    ApplicationSecrets,
    ApplicationSecretsArgs,
    ClusterSecretStore,
    ClusterSecretStoreArgs,
    ExternalSecret,
    ExternalSecretArgs,
    ExternalSecretsOperator,
    ExternalSecretsOperatorArgs,
    SecretEntry,
)
from tests.unit.builders import CHART, EU, record_in_cluster
from tests.unit.recording import record

ENTRIES = [
    SecretEntry(secret_key="database-url", key="prod/app/database", property="url"),
    SecretEntry(secret_key="api-key", key="prod/app/api-keys", property="main"),
]


def operator_args(**changes: Any) -> ExternalSecretsOperatorArgs:
    values: dict[str, Any] = {
        "account": EU,
        "cluster_name": "main",
        "chart": CHART,
        "secret_prefixes": ["prod/app/"],
        "key_arn": "arn:key",
    }
    return ExternalSecretsOperatorArgs(**{**values, **changes})


def test_an_external_secret_renders_as_agreed() -> None:
    args = ExternalSecretArgs(
        name="app-secrets",
        namespace="production",
        store_name="aws-secrets-manager",
        data=ENTRIES,
    )
    recording = record_in_cluster(lambda opts: ExternalSecret("app-secrets", args, opts))
    assert recording.only("external-secrets.io/v1:ExternalSecret").inputs == {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": "app-secrets", "namespace": "production"},
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": {"name": "aws-secrets-manager", "kind": "ClusterSecretStore"},
            "target": {"name": "app-secrets", "creationPolicy": "Owner"},
            "data": [
                {
                    "secretKey": "database-url",
                    "remoteRef": {"key": "prod/app/database", "property": "url"},
                },
                {
                    "secretKey": "api-key",
                    "remoteRef": {"key": "prod/app/api-keys", "property": "main"},
                },
            ],
        },
    }


def test_a_store_holds_no_credentials_and_names_its_readers() -> None:
    args = ClusterSecretStoreArgs(
        name="aws-secrets-manager", region="eu-west-1", namespaces=["production", "jobs"]
    )
    recording = record_in_cluster(lambda opts: ClusterSecretStore("store", args, opts))
    assert recording.only("external-secrets.io/v1:ClusterSecretStore").inputs == {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ClusterSecretStore",
        "metadata": {"name": "aws-secrets-manager"},
        "spec": {
            "provider": {"aws": {"service": "SecretsManager", "region": "eu-west-1"}},
            "conditions": [{"namespaces": ["production", "jobs"]}],
        },
    }


def test_objects_wait_for_the_release_that_brings_their_crds() -> None:
    def build(opts: pulumi.ResourceOptions) -> None:
        operator = ExternalSecretsOperator("operator", operator_args(), opts)
        args = ClusterSecretStoreArgs(name="store", region="eu-west-1", namespaces=["a"])
        after = pulumi.ResourceOptions(depends_on=[operator.ready])
        store = ClusterSecretStore("store", args, pulumi.ResourceOptions.merge(opts, after))
        ExternalSecret(
            "secret",
            ExternalSecretArgs(
                name="secret", namespace="a", store_name=store.store_name, data=ENTRIES
            ),
            opts,
        )

    recording = record_in_cluster(build)
    release = recording.only(":Release")
    store = recording.only("v1:ClusterSecretStore")
    assert release.urn in store.dependencies
    assert store.urn in recording.only("v1:ExternalSecret").dependencies
    assert recording.only(":PodIdentityAssociation").urn in release.dependencies
    assert recording.only("core/v1:Namespace").urn in release.dependencies


def test_the_operator_is_installed_from_the_named_repository() -> None:
    recording = record_in_cluster(
        lambda opts: ExternalSecretsOperator("operator", operator_args(replicas=2), opts)
    )
    release = recording.only(":Release").inputs
    assert release["repositoryOpts"] == {"repo": "https://charts.example.com"}
    assert (release["chart"], release["version"]) == ("external-secrets", "10.2.3")
    assert release["namespace"] == "external-secrets"
    assert release["values"]["replicaCount"] == 2
    assert release["values"]["leaderElect"] is True


def test_the_definitions_and_all_that_stands_on_them_outlive_the_release() -> None:
    recording = record_in_cluster(
        lambda opts: ExternalSecretsOperator("operator", operator_args(), opts)
    )
    values = recording.only(":Release").inputs["values"]
    assert values["installCRDs"] is True
    assert values["crds"] == {"annotations": {"helm.sh/resource-policy": "keep"}}


def test_the_operator_reads_the_named_secrets_only() -> None:
    recording = record_in_cluster(
        lambda opts: ExternalSecretsOperator("operator", operator_args(), opts)
    )
    read, decrypt = json.loads(recording.only(":RolePolicy").inputs["policy"])["Statement"]
    assert read["Resource"] == ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/app/*"]
    assert not any("*" in action for action in read["Action"])
    assert decrypt["Resource"] == ["arn:key"]
    assert decrypt["Condition"]["StringEquals"] == {
        "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"
    }


def test_application_secrets_are_made_empty_under_a_key_of_their_own() -> None:
    args = ApplicationSecretsArgs(account=EU, secrets={"prod/app/database": "address"})
    recording = record(lambda: ApplicationSecrets("app", args))
    secret = recording.only(":Secret")
    assert secret.name == "app-secret-prod-app-database"
    assert secret.inputs["name"] == "prod/app/database"
    assert secret.inputs["kmsKeyId"] == "arn:aws:mock:::app-encryption-key"
    assert secret.inputs["recoveryWindowInDays"] == 30
    assert not recording.of_type(":SecretVersion")


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (
            lambda: ClusterSecretStoreArgs(name="s", region="eu-west-1", namespaces=[]),
            "namespaces",
        ),
        (
            lambda: ClusterSecretStoreArgs(name="s", region="eu-west-1", namespaces=["*"]),
            "namespaces[0]",
        ),
        (lambda: operator_args(secret_prefixes=[]), "secret_prefixes"),
        (lambda: operator_args(secret_prefixes=["*"]), "secret_prefixes[0]"),
        (
            lambda: operator_args(secret_prefixes=[f"app-{number}/" for number in range(110)]),
            "secret_prefixes",
        ),
        (lambda: operator_args(secret_prefixes=["a/", "rds!db-"]), "secret_prefixes[1]"),
        (lambda: operator_args(replicas=0), "replicas"),
        (
            lambda: ExternalSecretArgs(name="x", namespace="a", store_name="s", data=[]),
            "data",
        ),
        (
            lambda: ExternalSecretArgs(
                name="x", namespace="a", store_name="s", data=[ENTRIES[0], ENTRIES[0]]
            ),
            "data",
        ),
        (
            lambda: ExternalSecretArgs(
                name="x",
                namespace="a",
                store_name="s",
                data=ENTRIES,
                refresh_interval=timedelta(milliseconds=5),
            ),
            "refresh_interval",
        ),
        (
            lambda: SecretEntry(secret_key="a", key="rds!db-1a2b", property="password"),
            "key",
        ),
        (lambda: SecretEntry(secret_key="", key="prod/app/database", property="url"), "secret_key"),
        (lambda: ApplicationSecretsArgs(account=EU, secrets={"a b": ""}), "secrets"),
        (lambda: ApplicationSecretsArgs(account=EU, secrets={"a/b": "", "a-b": ""}), "secrets"),
        (
            lambda: ApplicationSecretsArgs(account=EU, secrets={}, recovery_days=3),
            "recovery_days",
        ),
    ],
)
def test_refuses_what_cannot_work(build: Any, field: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        build()
    assert [fault.field for fault in caught.value.faults] == [field]
