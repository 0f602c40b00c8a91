"""The secret that RDS keeps for the master user of an instance."""

import json
from typing import Any

from moto.moto_api._internal import mock_random
from moto.rds.models import MasterUserSecret
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend
from moto.secretsmanager.responses import SecretsManagerResponse

from local.endpoint.replacement import check_before, replace

LENGTH = 28
# As RDS has it: no character that needs care in a shell, a URL or SQL.
CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#$*+-.=?_~"
OWNER = "rds"


def new_credentials(username: str) -> str:
    """A secret's JSON with a fresh password; the same again in a replay."""
    password = "".join(mock_random.choice(CHARACTERS) for _ in range(LENGTH))
    return json.dumps({"username": username, "password": password})


class LocalMasterSecret(MasterUserSecret):
    """moto's managed secret, with a name and a password of its own that really log in."""

    @property
    def secret_status(self) -> str:
        """Always ``active``: the server has the password when the request is answered."""
        return "active"

    def rotate_secret(self) -> None:
        """Puts a new password into the secret."""
        self.secretsmanager.rotate_secret(self.secret.arn)

    def _generate_secret_name(self) -> str:
        return f"rds!{self.resource.resource_type}-{mock_random.uuid4()}"

    def _generate_secret_string(self) -> str:
        return new_credentials(self.resource.master_username or "postgres")


def install_managed_secrets() -> None:
    """Lets Secrets Manager treat RDS's secrets as AWS does.

    RotateSecret makes a new password without a Lambda function; whoever is not RDS cannot
    change or delete them. moto has a hook for neither.
    """
    _install_rotation()
    for action in ("put_secret_value", "update_secret", "delete_secret"):
        check_before(SecretsManagerResponse, action, _refuse_managed)


def _install_rotation() -> None:
    def rotate_secret(self: SecretsManagerBackend, secret_id: str, *given: Any, **more: Any) -> str:
        secret = self.secrets.get(secret_id)
        if secret is None or secret.owning_service != OWNER:
            return rotate(self, secret_id, *given, **more)
        current = secret.versions[secret.default_version_id or ""]["secret_string"]
        token = more.get("client_request_token") or (given[0] if given else None)
        return self.put_secret_value(
            secret.arn,
            secret_string=new_credentials(json.loads(current)["username"]),
            secret_binary=None,  # pyright: ignore[reportArgumentType]
            client_request_token=token,  # pyright: ignore[reportArgumentType]
            version_stages=["AWSCURRENT"],
        )

    rotate = replace(SecretsManagerBackend, "rotate_secret", rotate_secret)


def _refuse_managed(self: SecretsManagerResponse) -> None:
    secret = self.backend.secrets.get(self._get_param("SecretId"))
    if secret is not None and secret.owning_service == OWNER:
        raise InvalidRequestException(
            f"You can't perform this operation on secret {secret.name}: it is managed by RDS"
        )
