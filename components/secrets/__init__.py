"""The way from AWS Secrets Manager into Kubernetes. No secret's value passes through Pulumi."""

from components.secrets.application_secrets import ApplicationSecrets, ApplicationSecretsArgs
from components.secrets.external_secret import ExternalSecret, ExternalSecretArgs, SecretEntry
from components.secrets.operator import ExternalSecretsOperator, ExternalSecretsOperatorArgs
from components.secrets.store import ClusterSecretStore, ClusterSecretStoreArgs

__all__ = [
    "ApplicationSecrets",
    "ApplicationSecretsArgs",
    "ClusterSecretStore",
    "ClusterSecretStoreArgs",
    "ExternalSecret",
    "ExternalSecretArgs",
    "ExternalSecretsOperator",
    "ExternalSecretsOperatorArgs",
    "SecretEntry",
]
