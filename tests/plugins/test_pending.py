"""What a creation that was cut off has made, among other things that look like it."""

from typing import Any

import pytest

from local.plugins.aws import pending
from local.plugins.aws.resource import AwsResource
from local.plugins.framework.plugin import Target
from local.plugins.framework.values import plain
from tests.plugins.host import Host
from tests.plugins.world import World

SUBNET = "aws:ec2/subnet:Subnet"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture
def find(resources: dict[str, AwsResource], host: Host) -> Any:
    """The ids that are found for the inputs of a creation."""

    def found(kind: str, inputs: dict[str, Any]) -> list[str]:
        checked = plain(host.check(kind, "begun", inputs))
        target = Target(type=kind, name="begun")
        return [one.id for one in pending.find(resources[kind], target, checked)]

    return found


def test_a_rule_is_known_by_its_traffic(find: Any, host: Host, world: World) -> None:
    """EC2 takes none twice, whatever its tags and its description are."""
    group = world.security_group()
    rule = {"securityGroupId": group, "ipProtocol": "tcp", "cidrIpv4": "10.0.0.0/8"}
    ports = [{"fromPort": port, "toPort": port} for port in (443, 5432)]
    made = [host.create(RULE, f"rule-{port}", {**rule, **port}).id for port in ports]
    everything = {"securityGroupId": group, "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8"}
    open_to_all = host.create(RULE, "all", everything).id
    assert find(RULE, {**rule, **ports[1], "description": "another"}) == [made[1]]
    assert find(RULE, {**rule, **ports[1], "ipProtocol": "6"}) == [made[1]]
    assert find(RULE, everything) == [open_to_all]
    assert find(RULE, {**rule, **ports[1], "cidrIpv4": "10.0.0.0/9"}) == []
    assert find(RULE, {**rule, "fromPort": 443, "toPort": 444}) == []
    egress = RULE.replace("Ingress", "Egress")
    assert find(egress, {**rule, **ports[1]}) == []


def test_another_stacks_object_of_the_same_name_is_none_of_ours(
    find: Any, host: Host, world: World
) -> None:
    tags = {"Name": "shared", "environment": "staging"}
    inputs = {"vpcId": world.vpc, "cidrBlock": world.subnet_block(), "tags": tags}
    made = host.create(SUBNET, "one", inputs).id
    assert find(SUBNET, inputs) == [made]
    assert find(SUBNET, {**inputs, "tags": {**tags, "environment": "production"}}) == []
    assert find(SUBNET, {**inputs, "cidrBlock": world.subnet_block()}) == []
    assert find(SUBNET, {**inputs, "tags": {}}) == []


def test_of_two_that_may_be_it_both_are_named(find: Any, host: Host) -> None:
    inputs = {"domain": "vpc", "tags": {"Name": "twice"}}
    made = {host.create("aws:ec2/eip:Eip", f"address-{n}", inputs).id for n in range(2)}
    assert set(find("aws:ec2/eip:Eip", inputs)) == made
