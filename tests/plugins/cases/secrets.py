"""Cases of Secrets Manager."""

from __future__ import annotations

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World


def _describe_secret(world: World, state: State) -> None:
    world.client("secretsmanager").update_secret(SecretId=state.id, Description="changed")


SECRET = Case(
    type="aws:secretsmanager/secret:Secret",
    inputs=lambda world: {
        "name": f"prod/app/{world.number()}",
        "description": "a secret",
        "kmsKeyId": world.keys[0]["arn"],
        "recoveryWindowInDays": 7,
        "tags": {"Name": "secret"},
    },
    update=lambda world: {
        "description": "another",
        "kmsKeyId": world.keys[1]["arn"],
        "recoveryWindowInDays": 0,
        "tags": {"Name": "renamed"},
    },
    replace={"name": "prod/other"},
    delete_first=True,
    drift=_describe_secret,
    drifted="description",
    not_imported=frozenset({"recoveryWindowInDays"}),
    rejected=(
        ({"recoveryWindowInDays": 3}, "recoveryWindowInDays", "must be one of"),
        ({"name": "x" * 513}, "name", "512"),
        ({"description": "x" * 2049}, "description", "2048"),
        ({"secretString": "x"}, "secretString", "unknown property"),
    ),
)

CASES = (SECRET,)
