"""The identity that works on the local AWS endpoint: the IAM user platform-engineer."""

import configparser
import io
from pathlib import Path

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from local import files

USER = "platform-engineer"


def ensure_user(account_id: str, region: str) -> tuple[str, str]:
    """Creates the user, in the partition of a region, and an access key if they are missing.

    Call it under a repeatable seed. Returns access key id and secret access key.
    """
    iam = iam_backends[account_id][get_partition(region)]
    if USER not in iam.users:
        iam.create_user(region, USER)
    keys = iam.list_access_keys(USER)
    key = keys[0] if keys else iam.create_access_key(USER)
    return key.access_key_id, key.secret_access_key


def write_credentials(path: Path, *, key_id: str, secret: str, region: str) -> None:
    """Writes an AWS shared-credentials file with the profile ``default``, mode 0600."""
    profile = configparser.ConfigParser()
    profile["default"] = {
        "aws_access_key_id": key_id,
        "aws_secret_access_key": secret,
        "region": region,
    }
    text = io.StringIO()
    profile.write(text)
    files.write(path, text.getvalue(), mode=files.PRIVATE)
