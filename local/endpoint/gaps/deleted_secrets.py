"""Secrets Manager: moto calls a secret in its recovery window an existing one."""

from typing import Any

from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from local.endpoint.replacement import check_before


def install() -> None:
    """Refuses the name of a secret that is scheduled for deletion in AWS's words."""
    check_before(SecretsManagerBackend, "create_secret", _check)


def _check(backend: SecretsManagerBackend, name: str, *_: Any, **__: Any) -> None:
    secret = backend.secrets.get(name)
    if secret is not None and secret.is_deleted():
        raise InvalidRequestException(
            "You can't create this secret because a secret with this name is already scheduled for"
            " deletion."
        )
