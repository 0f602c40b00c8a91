"""Cases of security groups and their rules."""

from __future__ import annotations

from tests.plugins.cases.case import Case
from tests.plugins.cases.network import tag_behind
from tests.plugins.host import State
from tests.plugins.world import World


def _open_group(world: World, state: State) -> None:
    world.client("ec2").authorize_security_group_ingress(
        GroupId=state.id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )


def _rule(**more: object) -> dict[str, object]:
    return {"protocol": "tcp", "fromPort": 443, "toPort": 443, **more}


SECURITY_GROUP = Case(
    type="aws:ec2/securityGroup:SecurityGroup",
    inputs=lambda world: {
        "vpcId": world.vpc,
        "name": f"group-{world.number()}",
        "description": "a group",
        "ingress": [
            _rule(cidrBlocks=["10.0.0.0/8", "192.168.0.0/16"], description="inside", self=True),
            _rule(protocol="-1", fromPort=0, toPort=0, securityGroups=[world.security_group()]),
        ],
        "egress": [
            {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},
        ],
        "tags": {"Name": "group"},
    },
    update=lambda world: {
        "ingress": [_rule(cidrBlocks=["192.168.0.0/16"])],
        "egress": [],
        "tags": {"Name": "renamed"},
    },
    replace={"description": "another", "vpcId": "vpc-1"},
    delete_first=True,
    drift=_open_group,
    drifted="ingress",
    rejected=(
        ({"ingress": [{"protocol": "tcp"}]}, "ingress[0].fromPort", "required"),
        ({"ingress": [_rule(cidrBlock="1.2.3.4/32")]}, "ingress[0].cidrBlock", "cidrBlocks"),
        ({"ingress": [_rule(cidrBlocks=["1.2.3.4"], toPort="x")]}, "ingress[0].toPort", "integer"),
        ({"ingress": [_rule(cidrBlocks=["1.2.3.4/8"])]}, "ingress[0].cidrBlocks[0]", "host bits"),
    ),
)

DEFAULT_SECURITY_GROUP = Case(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    inputs=lambda world: {
        "vpcId": world.make("aws:ec2/vpc:Vpc", "default-group", {"cidrBlock": "10.9.0.0/16"}).id,
        "tags": {"Name": "closed"},
    },
    update=lambda world: {"tags": {"Name": "still closed"}},
    replace={"vpcId": "vpc-1"},
    drift=_open_group,
    drifted="ingress",
    outlives_delete=True,
    found_again=False,
    rejected=(({"name": "mine"}, "name", "unknown property"),),
)


def _rule_case(direction: str) -> Case:
    return Case(
        type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        inputs=lambda world: {
            "securityGroupId": world.security_group(),
            "referencedSecurityGroupId": world.security_group(),
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "description": "PostgreSQL",
            "tags": {"Name": "rule"},
        },
        update=lambda world: {
            "referencedSecurityGroupId": None,
            "cidrIpv4": "10.0.0.0/8",
            "fromPort": 5000,
            "tags": {"Name": "renamed"},
        },
        replace={"securityGroupId": "sg-1"},
        drift=tag_behind,
        rejected=(
            ({"cidrIpv4": "10.0.0.0/8"}, "referencedSecurityGroupId", "exactly one"),
            ({"toPort": 70000}, "toPort", "65535"),
            ({"fromPort": 6000}, "toPort", "below fromPort"),
            ({"fromPort": None}, "fromPort", "needs fromPort"),
            ({"ipProtocol": None}, "ipProtocol", "required"),
        ),
    )


CASES = (
    SECURITY_GROUP,
    DEFAULT_SECURITY_GROUP,
    _rule_case("Ingress"),
    _rule_case("Egress"),
)
