"""Cases of CloudWatch log groups."""

from __future__ import annotations

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World


def _shorten(world: World, state: State) -> None:
    world.client("logs").put_retention_policy(logGroupName=state.id, retentionInDays=1)


LOG_GROUP = Case(
    type="aws:cloudwatch/logGroup:LogGroup",
    inputs=lambda world: {
        "name": f"/test/{world.number()}",
        "retentionInDays": 30,
        "kmsKeyId": world.keys[0]["arn"],
        "tags": {"Name": "logs"},
    },
    update=lambda world: {
        "retentionInDays": 90,
        "kmsKeyId": world.keys[1]["arn"],
        "tags": {"Name": "renamed"},
    },
    replace={"name": "/test/other", "logGroupClass": "INFREQUENT_ACCESS"},
    delete_first=True,
    drift=_shorten,
    drifted="retentionInDays",
    rejected=(
        ({"retentionInDays": 31}, "retentionInDays", "must be one of"),
        ({"name": "no spaces"}, "name", "must match"),
        ({"logGroupClass": "CHEAP"}, "logGroupClass", "STANDARD"),
        ({"kmsKeyId": "k" * 257}, "kmsKeyId", "256"),
    ),
)

CASES = (LOG_GROUP,)
