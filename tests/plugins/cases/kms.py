"""Cases of KMS keys and aliases."""

from __future__ import annotations

import json

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World


def _stop_rotation(world: World, state: State) -> None:
    world.client("kms").disable_key_rotation(KeyId=state.id)


KEY = Case(
    type="aws:kms/key:Key",
    inputs=lambda world: {
        "description": "a key",
        "enableKeyRotation": True,
        "deletionWindowInDays": 7,
        "tags": {"Name": "key"},
    },
    update=lambda world: {
        "description": "another",
        "rotationPeriodInDays": 100,
        "isEnabled": False,
        "policy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        ),
        "tags": {"Name": "renamed"},
    },
    replace={"keyUsage": "SIGN_VERIFY", "multiRegion": True},
    drift=_stop_rotation,
    drifted="enableKeyRotation",
    not_imported=frozenset({"deletionWindowInDays"}),
    rejected=(
        ({"keyUsage": "SIGN"}, "keyUsage", "SIGN_VERIFY"),
        ({"deletionWindowInDays": 3}, "deletionWindowInDays", "7 to 30"),
        ({"rotationPeriodInDays": 10}, "rotationPeriodInDays", "at least 90"),
        ({"description": "x" * 8193}, "description", "at most 8192"),
        ({"policy": "[]"}, "policy", "Statement"),
    ),
)


def _point_elsewhere(world: World, state: State) -> None:
    other = world.client("kms").create_key()["KeyMetadata"]["KeyId"]
    world.client("kms").update_alias(AliasName=state.id, TargetKeyId=other)


ALIAS = Case(
    type="aws:kms/alias:Alias",
    inputs=lambda world: {
        "name": f"alias/test-{world.number()}",
        "targetKeyId": world.keys[0]["keyId"],
    },
    update=lambda world: {"targetKeyId": world.keys[1]["arn"]},
    replace={"name": "alias/other"},
    delete_first=True,
    drift=_point_elsewhere,
    drifted="targetKeyId",
    rejected=(
        ({"name": "test"}, "name", "alias/"),
        ({"name": "alias/a b"}, "name", "must match"),
        ({"targetKeyId": None}, "targetKeyId", "required"),
    ),
)

CASES = (
    KEY,
    ALIAS,
)
