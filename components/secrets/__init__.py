"""The way from AWS Secrets Manager into Kubernetes. No secret's value passes through Pulumi."""

from components.secrets.application_secrets import (
    ApplicationSecrets,
    ApplicationSecretsArgs,
    ApplicationSecretsSettings,
)
from components.secrets.external_secret import (
    ExternalSecret,
    ExternalSecretArgs,
    ExternalSecretSettings,
    SecretEntry,
)
from components.secrets.operator import (
    ExternalSecretsOperator,
    ExternalSecretsOperatorArgs,
    ExternalSecretsOperatorSettings,
)
from components.secrets.store import (
    ClusterSecretStore,
    ClusterSecretStoreArgs,
    ClusterSecretStoreSettings,
)

__all__ = [
    "ApplicationSecrets",
    "ApplicationSecretsArgs",
    "ApplicationSecretsSettings",
    "ClusterSecretStore",
    "ClusterSecretStoreArgs",
    "ClusterSecretStoreSettings",
    "ExternalSecret",
    "ExternalSecretArgs",
    "ExternalSecretSettings",
    "ExternalSecretsOperator",
    "ExternalSecretsOperatorArgs",
    "ExternalSecretsOperatorSettings",
    "SecretEntry",
]
