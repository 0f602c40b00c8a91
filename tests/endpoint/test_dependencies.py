"""What is in use cannot be deleted, so that a wrong order of deletion shows."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.endpoint.endpoint import REGION, Endpoint
from tests.endpoint.foundation import Foundation


@pytest.fixture
def ec2(endpoint: Endpoint) -> Any:
    return endpoint.client("ec2")


def assert_refused(
    call: Callable[..., Any], code: str = "DependencyViolation", **given: Any
) -> None:
    with pytest.raises(ClientError) as refused:
        call(**given)
    assert refused.value.response["Error"]["Code"] == code


def test_network_comes_down_in_order_only(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.8.0.0/24")["Subnet"]["SubnetId"]
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"][
        "NatGatewayId"
    ]
    group = ec2.create_security_group(GroupName="endpoint", Description="x", VpcId=vpc)["GroupId"]
    interface = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{REGION}.sts",
        VpcEndpointType="Interface",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
    )["VpcEndpoint"]["VpcEndpointId"]

    assert_refused(ec2.delete_subnet, SubnetId=subnet)
    assert_refused(ec2.detach_internet_gateway, InternetGatewayId=internet, VpcId=vpc)
    assert_refused(ec2.release_address, "InvalidIPAddress.InUse", AllocationId=address)
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.release_address(AllocationId=address)
    assert_refused(ec2.delete_subnet, SubnetId=subnet)
    assert_refused(ec2.delete_security_group, GroupId=group)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[interface])
    ec2.delete_subnet(SubnetId=subnet)
    assert_refused(ec2.delete_vpc, VpcId=vpc)
    ec2.detach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
    assert_refused(ec2.delete_vpc, VpcId=vpc)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


def test_group_that_a_rule_names_stays(ec2: Any, foundation: Foundation) -> None:
    source, target = (
        ec2.create_security_group(
            GroupName=f"dependency-{name}", Description="x", VpcId=foundation.network.vpc
        )["GroupId"]
        for name in ("source", "target")
    )
    ec2.authorize_security_group_ingress(
        GroupId=target,
        IpPermissions=[
            {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": source}]},
        ],
    )
    assert_refused(ec2.delete_security_group, GroupId=source)
    ec2.delete_security_group(GroupId=target)
    ec2.delete_security_group(GroupId=source)


def test_cluster_holds_its_network(ec2: Any, endpoint: Endpoint, foundation: Foundation) -> None:
    group = ec2.create_security_group(
        GroupName="dependency-cluster", Description="x", VpcId=foundation.network.vpc
    )["GroupId"]
    subnets = foundation.network.subnets
    name = foundation.cluster(
        resourcesVpcConfig={"subnetIds": subnets, "securityGroupIds": [group]}
    )
    assert_refused(ec2.delete_subnet, SubnetId=subnets[0])
    assert_refused(ec2.delete_security_group, GroupId=group)
    endpoint.client("eks").delete_cluster(name=name)
    ec2.delete_security_group(GroupId=group)
