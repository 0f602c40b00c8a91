"""Database credentials from AWS Secrets Manager, read when they are used and kept nowhere."""

import json

from migrator.errors import UsageError


class SecretError(UsageError):
    """A secret cannot be read or has no credentials in it. The message never quotes it."""


def read_credentials(secret_arn: str, *, region: str | None = None) -> tuple[str, str]:
    """The user name and password that the secret holds now, as RDS writes them.

    secret_arn: of a secret with JSON that has `username` and `password`.
    region: default: the region in the ARN.
    """
    # Slow to import, needed only here, and not part of what the migrator alone installs.
    try:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise SecretError(
            f"reading the secret {secret_arn} needs boto3: pip install 'groundwork-platform[aws]'"
        ) from None

    try:
        client = boto3.client("secretsmanager", region_name=region or _region_of(secret_arn))
        document = client.get_secret_value(SecretId=secret_arn)["SecretString"]
    except (BotoCoreError, ClientError) as error:
        raise SecretError(f"cannot read the secret {secret_arn}: {error}") from None
    except KeyError:
        raise SecretError(f"the secret {secret_arn} holds bytes, not text") from None
    try:
        secret = json.loads(document)
        return str(secret["username"]), str(secret["password"])
    except (ValueError, KeyError, TypeError):
        # The cause would quote the secret.
        raise SecretError(
            f"the secret {secret_arn} does not hold JSON with username and password"
        ) from None


def _region_of(arn: str) -> str | None:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None
