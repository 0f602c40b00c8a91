"""No password in state, logs, outputs or the files of the shell."""

import json

from tests.local.stack.checkout import Checkout

KEPT_SECRET = ("cloud", "pgpass", "passphrase", "etcd", "certificates")
"""What holds secrets by its nature: AWS's own state, libpq's password file, the state's key."""


def test_passwords_are_nowhere_but_in_aws(deployed: Checkout) -> None:
    secrets = deployed.client("secretsmanager")
    (managed,) = [
        instance["MasterUserSecret"]["SecretArn"]
        for instance in deployed.client("rds").describe_db_instances()["DBInstances"]
    ]
    secret = json.loads(secrets.get_secret_value(SecretId=managed)["SecretString"])
    passphrase = (deployed.home / "passphrase").read_text()
    needles = [secret["password"].encode(), passphrase.encode()]
    searched = 0
    for file in deployed.home.rglob("*"):
        if file.relative_to(deployed.home).parts[0] in KEPT_SECRET or not file.is_file():
            continue
        if file.stat().st_size > 50 * 2**20:
            continue  # a program
        content = file.read_bytes()
        searched += 1
        for needle in needles:
            assert needle not in content, f"a password is in {file}"
    assert searched > 20


def test_files_with_secrets_are_the_owners_alone(deployed: Checkout) -> None:
    for name in ("pgpass", "passphrase", "cloud/credentials", "cloud/journal.jsonl"):
        assert (deployed.home / name).stat().st_mode & 0o077 == 0, name
