"""In the provider's process: from an address and a secret's ARN to a database URL."""

import json
from collections.abc import Mapping
from typing import Any

from migrator.errors import MigratorError


class SecretError(MigratorError):
    """The database's secret cannot be read or has no credentials in it."""


def database_url(properties: Mapping[str, Any]) -> str:
    """A URL with the credentials that the secret holds now. For memory only.

    properties: host, port, database, secret_arn, region, ssl_mode, ssl_root_cert.
    """
    from sqlalchemy import URL

    username, password = _credentials(properties["secret_arn"], properties.get("region"))
    query = {"sslmode": properties["ssl_mode"]}
    if properties.get("ssl_root_cert"):
        query["sslrootcert"] = properties["ssl_root_cert"]
    return URL.create(
        "postgresql+psycopg",
        username,
        password,
        properties["host"],
        int(properties["port"]),
        properties["database"],
        query=query,
    ).render_as_string(hide_password=False)


def _credentials(secret_arn: str, region: str | None) -> tuple[str, str]:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = boto3.client("secretsmanager", region_name=region or _region_of(secret_arn))
        document = client.get_secret_value(SecretId=secret_arn)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise SecretError(f"secret_arn: cannot read {secret_arn}: {error}") from None
    try:
        secret = json.loads(document)
        return str(secret["username"]), str(secret["password"])
    except (ValueError, KeyError, TypeError):
        # The cause would quote the secret.
        raise SecretError(
            f"secret_arn: {secret_arn} does not hold JSON with username and password"
        ) from None


def _region_of(arn: str) -> str | None:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None
