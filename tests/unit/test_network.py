"""The VPC: addresses that stay, routes, gateways, logs."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from itertools import combinations

import pytest

from components.arguments import ArgumentError
from components.network import NatStrategy, SubnetLayout, Tier
from components.network.endpoints import NEEDED_WITHOUT_NAT
from tests.unit.builders import KEY, record_vpc, vpc_args

ZONES = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "172.16.4.0/22", "192.168.0.0/19"])
def test_no_two_subnets_overlap_in_any_zone(cidr: str) -> None:
    layout = SubnetLayout(cidr=IPv4Network(cidr))
    zones = [f"eu-west-1{letter}" for letter in "abcdefgh"]
    subnets = [layout.subnet(tier, zone) for tier in Tier for zone in zones]
    assert len(subnets) == 32
    assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
    assert all(one.subnet_of(layout.cidr) and one.prefixlen <= 28 for one in subnets)


def test_the_layout_never_moves() -> None:
    """These addresses are in use: another layout would replace every subnet."""
    layout = SubnetLayout(cidr=IPv4Network("10.0.0.0/16"))
    assert {tier: str(layout.subnet(tier, "eu-west-1b")) for tier in Tier} == {
        Tier.PRIVATE: "10.0.16.0/20",
        Tier.PUBLIC: "10.0.132.0/22",
        Tier.DATABASE: "10.0.164.0/22",
        Tier.INTRA: "10.0.196.0/22",
    }


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_new_zone_changes_nothing_that_exists(position: int) -> None:
    more = [*ZONES[:position], "eu-west-1d", *ZONES[position:]]
    before, after = record_vpc(availability_zones=ZONES), record_vpc(availability_zones=more)
    old = {one.urn: one.inputs for one in before.resources if one.custom}
    new = {one.urn: one.inputs for one in after.resources if one.custom}
    changed = {urn for urn in old if new.get(urn) != old[urn]}
    # The two endpoints learn of the new zone's route table, in place.
    assert all(":VpcEndpoint::" in urn for urn in changed)
    assert len(new) > len(old)


def test_subnets_of_each_tier() -> None:
    subnets = record_vpc().of_type(":Subnet")
    assert len(subnets) == 8
    assert not any(one.inputs["mapPublicIpOnLaunch"] for one in subnets)
    roles = {
        one.name: {key for key in one.tags if key.startswith("kubernetes.io")} for one in subnets
    }
    assert roles["net-public-eu-west-1a"] == {"kubernetes.io/role/elb"}
    assert roles["net-private-eu-west-1a"] == {"kubernetes.io/role/internal-elb"}
    assert not roles["net-database-eu-west-1a"] | roles["net-intra-eu-west-1a"]


@pytest.mark.parametrize(
    ("nat", "gateways", "routes"),
    [
        (NatStrategy.NONE, [], {}),
        (
            NatStrategy.SINGLE,
            ["net-nat"],
            {"eu-west-1a": "net-nat", "eu-west-1b": "net-nat"},
        ),
        (
            NatStrategy.PER_AZ,
            ["net-nat-eu-west-1a", "net-nat-eu-west-1b"],
            {"eu-west-1a": "net-nat-eu-west-1a", "eu-west-1b": "net-nat-eu-west-1b"},
        ),
    ],
)
def test_private_subnets_leave_by_the_nat_gateways(
    nat: NatStrategy, gateways: list[str], routes: dict[str, str]
) -> None:
    # Without NAT, nodes and pods need endpoints.
    recording = record_vpc(nat=nat, interface_endpoints=sorted(NEEDED_WITHOUT_NAT))
    assert sorted(one.name for one in recording.of_type(":NatGateway")) == gateways
    assert len(recording.of_type(":Eip")) == len(gateways)
    private = {
        one.name.removeprefix("net-private-default-"): one.inputs["natGatewayId"]
        for one in recording.of_type(":Route")
        if "natGatewayId" in one.inputs
    }
    assert private == {zone: f"{gateway}-id" for zone, gateway in routes.items()}


@pytest.mark.parametrize("nat", [NatStrategy.SINGLE, NatStrategy.PER_AZ])
def test_the_order_of_the_zones_changes_no_address_and_no_gateway(nat: NatStrategy) -> None:
    before = record_vpc(nat=nat, availability_zones=ZONES)
    after = record_vpc(nat=nat, availability_zones=ZONES[::-1])
    for kind in (":Eip", ":NatGateway", ":Route"):
        assert {one.urn: one.inputs for one in before.of_type(kind)} == {
            one.urn: one.inputs for one in after.of_type(kind)
        }


@pytest.mark.parametrize(
    ("zones", "nat_zone", "subnet"),
    [
        (["eu-west-1b", "eu-west-1a"], None, "net-public-eu-west-1a-id"),
        (["eu-west-1a", "eu-west-1b"], "eu-west-1b", "net-public-eu-west-1b-id"),
    ],
)
def test_a_single_gateway_moves_with_its_address(
    zones: list[str], nat_zone: str | None, subnet: str
) -> None:
    recording = record_vpc(nat=NatStrategy.SINGLE, availability_zones=zones, nat_zone=nat_zone)
    assert recording.only(":Eip").name == "net-nat-address"
    gateway = recording.only(":NatGateway")
    assert (gateway.name, gateway.inputs["subnetId"]) == ("net-nat", subnet)
    # Two gateways cannot have one address.
    assert gateway.delete_before_replace


def test_another_strategy_keeps_a_public_address() -> None:
    single = record_vpc(nat=NatStrategy.SINGLE, nat_zone="eu-west-1b").only(":Eip")
    assert single.aliases == ["net-nat-address-eu-west-1b", "net-nat-address-eu-west-1a"]
    each = {one.name: one.aliases for one in record_vpc(nat=NatStrategy.PER_AZ).of_type(":Eip")}
    assert each == {
        "net-nat-address-eu-west-1a": ["net-nat-address"],
        "net-nat-address-eu-west-1b": [],
    }


def test_nat_gateways_wait_for_the_way_out() -> None:
    recording = record_vpc()
    assert recording.named("net-public-default").urn in (
        recording.named("net-nat-eu-west-1a").dependencies
    )


def test_database_and_intra_subnets_have_no_way_out() -> None:
    recording = record_vpc()
    routed = {one.inputs["routeTableId"] for one in recording.of_type(":Route")}
    for tier in ("database", "intra"):
        assert f"net-{tier}-routes-id" not in routed
        association = recording.named(f"net-{tier}-association-eu-west-1a").inputs
        assert association["routeTableId"] == f"net-{tier}-routes-id"


def test_the_default_security_group_lets_nothing_through() -> None:
    group = record_vpc().only(":DefaultSecurityGroup")
    assert "ingress" not in group.inputs
    assert "egress" not in group.inputs


def test_free_endpoints_serve_all_but_the_public_subnets() -> None:
    endpoints = record_vpc().of_type(":VpcEndpoint")
    assert {one.inputs["serviceName"] for one in endpoints} == {
        "com.amazonaws.eu-west-1.s3",
        "com.amazonaws.eu-west-1.dynamodb",
    }
    for endpoint in endpoints:
        assert endpoint.inputs["vpcEndpointType"] == "Gateway"
        assert set(endpoint.inputs["routeTableIds"]) == {
            "net-private-routes-eu-west-1a-id",
            "net-private-routes-eu-west-1b-id",
            "net-database-routes-id",
            "net-intra-routes-id",
        }


def test_interface_endpoints_answer_https_to_the_vpc_only() -> None:
    recording = record_vpc(interface_endpoints=["ecr.api", "sts"])
    endpoint = recording.named("net-endpoints-ecr-api").inputs
    assert endpoint["serviceName"] == "com.amazonaws.eu-west-1.ecr.api"
    assert (endpoint["vpcEndpointType"], endpoint["privateDnsEnabled"]) == ("Interface", True)
    assert endpoint["subnetIds"] == ["net-private-eu-west-1a-id", "net-private-eu-west-1b-id"]
    assert endpoint["securityGroupIds"] == ["net-endpoints-security-group-id"]
    rule = recording.only(":SecurityGroupIngressRule").inputs
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("10.0.0.0/16", 443, 443)


def test_flow_logs_are_encrypted_kept_for_a_time_and_written_by_a_narrow_role() -> None:
    recording = record_vpc(flow_log_retention_days=30)
    group = recording.only(":LogGroup").inputs
    assert (group["kmsKeyId"], group["retentionInDays"]) == (KEY, 30)
    assert recording.only(":FlowLog").inputs["trafficType"] == "ALL"
    (statement,) = json.loads(recording.only(":RolePolicy").inputs["policy"])["Statement"]
    arn = "arn:aws:mock:::net-flow-logs-group"
    assert statement["Resource"] == [arn, f"{arn}:*"]


@pytest.mark.parametrize("cidr", ["172.31.0.0/16", "100.64.0.0/16", "198.19.0.0/16"])
def test_takes_private_and_shared_addresses(cidr: str) -> None:
    assert vpc_args(cidr=IPv4Network(cidr)).cidr == IPv4Network(cidr)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"availability_zones": ["eu-west-1a"]}, "availability_zones"),
        ({"availability_zones": ["eu-west-1a", "eu-west-1a"]}, "availability_zones"),
        ({"availability_zones": ["eu-west-1a", "us-east-1b"]}, "availability_zones[1]"),
        ({"availability_zones": ["eu-west-1a", "euw1-az2"]}, "availability_zones[1]"),
        ({"cidr": IPv4Network("10.0.0.0/24")}, "cidr"),
        ({"cidr": IPv4Network("10.0.0.0/8")}, "cidr"),
        ({"cidr": IPv4Network("8.8.0.0/16")}, "cidr"),
        ({"cidr": IPv4Network("127.0.0.0/16")}, "cidr"),
        ({"cidr": IPv4Network("169.254.0.0/16")}, "cidr"),
        ({"flow_log_retention_days": 31}, "flow_log_retention_days"),
        ({"interface_endpoints": ["ecr"]}, "interface_endpoints[0]"),
        ({"interface_endpoints": ["sts", "sts"]}, "interface_endpoints[1]"),
        ({"nat": NatStrategy.NONE, "interface_endpoints": ["sts"]}, "interface_endpoints"),
        ({"nat": NatStrategy.SINGLE, "nat_zone": "eu-west-1c"}, "nat_zone"),
        ({"nat": NatStrategy.PER_AZ, "nat_zone": "eu-west-1a"}, "nat_zone"),
    ],
)
def test_refuses_what_cannot_work(changes: dict[str, object], field: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        vpc_args(**changes)
    assert [fault.field for fault in caught.value.faults] == [field]
