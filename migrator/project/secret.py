"""Database credentials from AWS Secrets Manager, read when they are used and kept nowhere."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.project.aws_identity import AwsIdentity

if TYPE_CHECKING:
    from tenacity import RetryCallState

logger = logging.getLogger("migrator")

# How long EKS and IAM may take until a pod has its new role, and the role its policy.
ROLE_WAIT_SECONDS = 180
ROLE_PAUSE_SECONDS = 5
POD_IDENTITY = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


class SecretError(UsageError):
    """A secret cannot be read or has no credentials in it. The message never quotes it."""


def read_credentials(
    secret_arn: str, *, region: str | None = None, identity: AwsIdentity | None = None
) -> tuple[str, str]:
    """The user name and password that the secret holds now, as RDS writes them.

    secret_arn: of a secret with JSON that has `username` and `password`.
    region: default: the region in the ARN.
    identity: who reads it; default: that of the environment. A pod's role that is not there yet
        is waited for: nothing was begun, so that nothing is done twice.
    """
    # Slow to import, needed only here, and not part of what the migrator alone installs.
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise SecretError(
            f"reading the secret {secret_arn} needs boto3: pip install 'groundwork-platform[aws]'"
        ) from None
    from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

    patience = Retrying(
        retry=retry_if_exception(_role_may_come),
        wait=wait_fixed(ROLE_PAUSE_SECONDS),
        stop=stop_after_delay(ROLE_WAIT_SECONDS if POD_IDENTITY in os.environ else 0),
        before_sleep=_tell,
        reraise=True,
    )
    try:
        document = patience(
            _read, secret_arn, region or _region_of(secret_arn), identity or AwsIdentity()
        )
    except (BotoCoreError, ClientError, OSError) as error:
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


def _read(secret_arn: str, region: str | None, identity: AwsIdentity) -> str:
    client = identity.session(region).client("secretsmanager")
    return client.get_secret_value(SecretId=secret_arn)["SecretString"]


def _role_may_come(error: BaseException) -> bool:
    """Whether it is what a pod sees whose role, or whose role's policy, has not arrived."""
    from botocore.exceptions import ClientError, CredentialRetrievalError, NoCredentialsError

    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code") in DENIED
    return isinstance(error, (CredentialRetrievalError, NoCredentialsError))


def _tell(state: RetryCallState) -> None:
    if state.attempt_number == 1 and state.outcome is not None:
        logger.warning(
            "the secret cannot be read yet, perhaps because this pod's role is new; trying for"
            " %d s: %s",
            ROLE_WAIT_SECONDS,
            state.outcome.exception(),
        )


def _region_of(arn: str) -> str | None:
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None
