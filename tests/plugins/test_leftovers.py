"""What a destroyed stack has left: found by its name, and imported under it."""

from __future__ import annotations

import grpc
import pytest

from tests.plugins.host import Host
from tests.plugins.world import World

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
SECRET = "aws:secretsmanager/secret:Secret"
GET_LOG_GROUP = "aws:cloudwatch/getLogGroup:getLogGroup"
GET_LOG_GROUPS = "aws:cloudwatch/getLogGroups:getLogGroups"
GET_SECRET = "aws:secretsmanager/getSecret:getSecret"
GET_SECRETS = "aws:secretsmanager/getSecrets:getSecrets"


def test_a_log_group_is_found_and_taken_over(host: Host) -> None:
    name, tags = "/aws/eks/left/cluster", {"Name": "logs", "team": "platform"}
    for each in (name, f"{name}-other"):
        host.create(LOG_GROUP, "left", {"name": each, "tags": tags, "retentionInDays": 7})
    with pytest.raises(grpc.RpcError, match="ResourceAlreadyExists"):
        host.create(LOG_GROUP, "again", {"name": name})
    found = host.invoke(GET_LOG_GROUPS, {"logGroupNamePrefix": name})
    assert found["logGroupNames"] == [name, f"{name}-other"]
    assert host.invoke(GET_LOG_GROUP, {"name": name})["tags"] == tags
    taken = host.read(LOG_GROUP, "again", name)
    assert taken is not None
    wanted = {"name": name, "tags": tags, "retentionInDays": 30}
    assert not host.diff(taken, wanted).replaces
    assert host.update(taken, wanted)["retentionInDays"] == 30
    assert host.invoke(GET_LOG_GROUPS, {"logGroupNamePrefix": "/none"})["logGroupNames"] == []
    with pytest.raises(grpc.RpcError, match="there is no log group /none"):
        host.invoke(GET_LOG_GROUP, {"name": "/none"})


def test_a_secret_is_found_and_taken_over_once_it_is_restored(host: Host, world: World) -> None:
    name, tags = "left/app/database", {"Name": "secret"}
    inputs = {"name": name, "recoveryWindowInDays": 7, "tags": tags}
    named = {"filters": [{"name": "name", "values": [name]}]}
    made = host.create(SECRET, "left", inputs)
    assert host.invoke(GET_SECRETS, named)["arns"] == [made.id]
    assert host.invoke(GET_SECRET, {"arn": made.id})["tags"] == tags
    with pytest.raises(grpc.RpcError, match="already exists"):
        host.create(SECRET, "again", inputs)
    host.delete(made)
    assert host.invoke(GET_SECRETS, named)["names"] == []
    with pytest.raises(grpc.RpcError, match="scheduled for deletion"):
        host.create(SECRET, "again", inputs)
    world.client("secretsmanager").restore_secret(SecretId=name)
    assert host.invoke(GET_SECRETS, named)["names"] == [name]
    taken = host.read(SECRET, "again", made.id)
    assert taken is not None
    assert not host.diff(taken, inputs).replaces
    host.delete(taken)
