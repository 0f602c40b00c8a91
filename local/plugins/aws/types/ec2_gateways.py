"""What connects a VPC to the internet: gateway, address, NAT."""

from __future__ import annotations

from local.plugins.aws.calls import Create, Delete, Read, Step
from local.plugins.aws.entry import Entry, Identity, Inputs, Outputs, Wait
from local.plugins.aws.scope import Scope
from local.plugins.aws.session import AwsError
from local.plugins.aws.types.ec2_tags import by_name_tag, ec2_tags
from local.plugins.framework.plugin import Properties


def _attach(scope: Scope, old: Properties, new: Properties) -> None:
    gateway = scope.state["id"]
    if old.get("vpcId"):
        _detach(scope, old["vpcId"])
    if new.get("vpcId"):
        scope.call("AttachInternetGateway", InternetGatewayId=gateway, VpcId=new["vpcId"])


def _detach(scope: Scope, vpc: str) -> None:
    try:
        scope.call("DetachInternetGateway", InternetGatewayId=scope.state["id"], VpcId=vpc)
    except AwsError as fault:
        if fault.code != "Gateway.NotAttached" and not fault.not_found:
            raise


def _release(scope: Scope) -> None:
    gateway = scope.state["id"]
    found = scope.call("DescribeInternetGateways", InternetGatewayIds=[gateway])
    for attachment in found["InternetGateways"][0].get("Attachments", []):
        _detach(scope, attachment["VpcId"])
    scope.call("DeleteInternetGateway", InternetGatewayId=gateway)


INTERNET_GATEWAY = Entry(
    type="aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    identity=Identity(id="InternetGateway.InternetGatewayId", pending=by_name_tag("igw-")),
    create=Create(operation="CreateInternetGateway"),
    read=Read(
        operation="DescribeInternetGateways",
        fixed={"InternetGatewayIds": ["{id}"]},
        at="InternetGateways[0]",
    ),
    updates=(Step(takes=frozenset({"vpcId"}), run=_attach, after_create=True),),
    delete=_release,
    tags=ec2_tags("internet-gateway"),
    outputs=Outputs(
        values={
            "arn": "arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}",
            "vpcId": "Attachments[0].VpcId",
            "ownerId": "{account}",
        },
    ),
)

EIP = Entry(
    type="aws:ec2/eip:Eip",
    service="ec2",
    identity=Identity(id="AllocationId", pending=by_name_tag("eipalloc-")),
    create=Create(operation="AllocateAddress"),
    read=Read(operation="DescribeAddresses", fixed={"AllocationIds": ["{id}"]}, at="Addresses[0]"),
    delete=Delete(operation="ReleaseAddress", fixed={"AllocationId": "{id}"}),
    tags=ec2_tags("elastic-ip"),
    inputs=Inputs(
        defaults={"domain": "vpc"},
        computed=frozenset({"networkBorderGroup", "publicIpv4Pool"}),
    ),
    outputs=Outputs(
        values={
            "arn": "arn:{partition}:ec2:{region}:{account}:elastic-ip/{id}",
            "allocationId": "{id}",
            "privateIp": "PrivateIpAddress",
        },
        unread=frozenset({"address"}),
    ),
)

NAT_GATEWAY = Entry(
    type="aws:ec2/natGateway:NatGateway",
    service="ec2",
    identity=Identity(id="NatGateway.NatGatewayId", pending=by_name_tag("nat-")),
    create=Create(operation="CreateNatGateway"),
    read=Read(
        operation="DescribeNatGateways",
        fixed={"NatGatewayIds": ["{id}"]},
        at="NatGateways[?State != 'deleted'] | [0]",
    ),
    delete=Delete(operation="DeleteNatGateway", fixed={"NatGatewayId": "{id}"}),
    tags=ec2_tags("natgateway"),
    wait=Wait(at="State", done=frozenset({"available"}), failed=frozenset({"failed"})),
    names={"privateIp": "PrivateIpAddress"},
    inputs=Inputs(
        defaults={"connectivityType": "public"},
        computed=frozenset(
            {
                "allocationId",
                "availabilityMode",
                "privateIp",
                "secondaryAllocationIds",
                "secondaryPrivateIpAddressCount",
                "secondaryPrivateIpAddresses",
                "vpcId",
            }
        ),
    ),
    outputs=Outputs(
        values={
            "allocationId": "NatGatewayAddresses[0].AllocationId",
            "associationId": "NatGatewayAddresses[0].AssociationId",
            "networkInterfaceId": "NatGatewayAddresses[0].NetworkInterfaceId",
            "privateIp": "NatGatewayAddresses[0].PrivateIp",
            "publicIp": "NatGatewayAddresses[0].PublicIp",
        },
    ),
)

ENTRIES = (INTERNET_GATEWAY, EIP, NAT_GATEWAY)
