"""VPC, subnet and the gateways at its edge."""

from __future__ import annotations

from local.plugins.aws.calls import Create, Delete, Read, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Outputs
from local.plugins.aws.rules import netmask_between, not_both
from local.plugins.aws.types.ec2_tags import by_name_tag, ec2_tags, filters

_VPC_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics")
_SUBNET_ATTRIBUTES = frozenset(
    {
        "assignIpv6AddressOnCreation",
        "enableDns64",
        "enableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch",
        "mapPublicIpOnLaunch",
        "privateDnsHostnameTypeOnLaunch",
    }
)


def _of_vpc(operation: str, output: str, at: str, **more: str) -> Read:
    return Read(
        operation=operation,
        fixed={"Filters": filters(vpc_id="{id}", **more)},
        into={output: at},
    )


VPC = Entry(
    type="aws:ec2/vpc:Vpc",
    service="ec2",
    identity=Identity(id="Vpc.VpcId", pending=by_name_tag("vpc-")),
    create=Create(operation="CreateVpc"),
    read=Read(operation="DescribeVpcs", fixed={"VpcIds": ["{id}"]}, at="Vpcs[0]"),
    updates=(
        Update(
            operation="ModifyVpcAttribute",
            fixed={"VpcId": "{id}"},
            takes=frozenset(_VPC_ATTRIBUTES),
            each=True,
            after_create=True,
        ),
    ),
    delete=Delete(operation="DeleteVpc", fixed={"VpcId": "{id}"}),
    tags=ec2_tags("vpc"),
    inputs=Inputs(
        defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
        computed=frozenset({"cidrBlock", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"}),
        rules=(netmask_between("cidrBlock", 16, 28),),
    ),
    outputs=Outputs(
        more=(
            *(
                Read(
                    operation="DescribeVpcAttribute",
                    fixed={"VpcId": "{id}", "Attribute": name},
                    into={name: f"{name[0].upper()}{name[1:]}.Value"},
                )
                for name in _VPC_ATTRIBUTES
            ),
            _of_vpc(
                "DescribeSecurityGroups",
                "defaultSecurityGroupId",
                "SecurityGroups[0].GroupId",
                group_name="default",
            ),
            _of_vpc(
                "DescribeNetworkAcls",
                "defaultNetworkAclId",
                "NetworkAcls[0].NetworkAclId",
                default="true",
            ),
            _of_vpc(
                "DescribeRouteTables",
                "mainRouteTableId",
                "RouteTables[0].RouteTableId",
                **{"association.main": "true"},
            ),
        ),
        values={
            "arn": "arn:{partition}:ec2:{region}:{account}:vpc/{id}",
            "defaultRouteTableId": "{mainRouteTableId}",
        },
    ),
)

SUBNET = Entry(
    type="aws:ec2/subnet:Subnet",
    service="ec2",
    identity=Identity(id="Subnet.SubnetId", pending=by_name_tag("subnet-")),
    create=Create(operation="CreateSubnet"),
    read=Read(operation="DescribeSubnets", fixed={"SubnetIds": ["{id}"]}, at="Subnets[0]"),
    updates=(
        Update(
            operation="ModifySubnetAttribute",
            fixed={"SubnetId": "{id}"},
            takes=_SUBNET_ATTRIBUTES,
            each=True,
            after_create=True,
        ),
    ),
    delete=Delete(operation="DeleteSubnet", fixed={"SubnetId": "{id}"}),
    tags=ec2_tags("subnet"),
    inputs=Inputs(
        defaults={"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False},
        computed=frozenset(
            {"availabilityZone", "availabilityZoneId", "privateDnsHostnameTypeOnLaunch"}
        ),
        unimported=frozenset({"availabilityZoneId"}),
        rules=(
            netmask_between("cidrBlock", 16, 28),
            not_both("availabilityZone", "availabilityZoneId"),
        ),
    ),
    outputs=Outputs(
        values={
            "arn": "arn:{partition}:ec2:{region}:{account}:subnet/{id}",
            "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock",
            "ipv6CidrBlockAssociationId": "Ipv6CidrBlockAssociationSet[0].AssociationId",
            "privateDnsHostnameTypeOnLaunch": "PrivateDnsNameOptionsOnLaunch.HostnameType",
            "enableResourceNameDnsARecordOnLaunch": (
                "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord"
            ),
            "enableResourceNameDnsAaaaRecordOnLaunch": (
                "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord"
            ),
        },
    ),
)

ENTRIES = (VPC, SUBNET)
