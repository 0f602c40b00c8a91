"""Cases of the network's resource types."""

from __future__ import annotations

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World


def tag_behind(world: World, state: State) -> None:
    """Someone tags an EC2 object by hand."""
    world.client("ec2").create_tags(
        Resources=[state.id], Tags=[{"Key": "Owner", "Value": "somebody"}]
    )


VPC = Case(
    type="aws:ec2/vpc:Vpc",
    inputs=lambda world: {
        "cidrBlock": "10.1.0.0/16",
        "enableDnsHostnames": True,
        "tags": {"Name": "one", "kubernetes.io/cluster": "x", "gone": "later"},
    },
    update=lambda world: {
        "enableDnsHostnames": False,
        "enableDnsSupport": False,
        "tags": {"Name": "two", "kubernetes.io/cluster": "x"},
    },
    replace={"cidrBlock": "10.2.0.0/16", "instanceTenancy": "dedicated", "region": "eu-west-2"},
    drift=tag_behind,
    rejected=(
        ({"cidrBlok": "10.0.0.0/16"}, "cidrBlok", "did you mean cidrBlock"),
        ({"cidrBlock": 10}, "cidrBlock", "must be of type string, got 10"),
        ({"cidrBlock": "10.0.0.1/16"}, "cidrBlock", "has host bits set"),
        ({"cidrBlock": "10.0.0.0/8"}, "cidrBlock", "/16 to /28"),
        ({"cidrBlock": "fd00::/64"}, "cidrBlock", "IPv4"),
        ({"instanceTenancy": "shared"}, "instanceTenancy", "default, dedicated, host"),
        ({"region": "eu-west-9"}, "region", "did you mean eu-west-"),
        ({"enableDnsSupport": "yes"}, "enableDnsSupport", "boolean"),
        ({"tags": {"aws:x": "y"}}, 'tags["aws:x"]', "reserved"),
        ({"tags": {"long": "y" * 257}}, "tags.long", "256"),
        ({"tags": {"number": 5}}, "tags.number", "string"),
    ),
)


def _open_subnet(world: World, state: State) -> None:
    world.client("ec2").modify_subnet_attribute(
        SubnetId=state.id, MapPublicIpOnLaunch={"Value": True}
    )


SUBNET = Case(
    type="aws:ec2/subnet:Subnet",
    inputs=lambda world: {
        "vpcId": world.vpc,
        "cidrBlock": world.subnet_block(),
        "availabilityZone": "eu-west-1a",
        "mapPublicIpOnLaunch": True,
        "tags": {"Name": "subnet"},
    },
    update=lambda world: {"mapPublicIpOnLaunch": False, "tags": {"Name": "other"}},
    replace={"availabilityZone": "eu-west-1b", "cidrBlock": "10.64.99.0/24", "vpcId": "vpc-1"},
    drift=_open_subnet,
    drifted="mapPublicIpOnLaunch",
    rejected=(
        ({"vpcId": None}, "vpcId", "required"),
        ({"cidrBlock": "10.64.0.0/29"}, "cidrBlock", "/16 to /28"),
        ({"availabilityZoneId": "euw1-az1"}, "availabilityZoneId", "conflicts"),
        ({"outpostArn": "outpost"}, "outpostArn", "ARN"),
    ),
)


def _detach_gateway(world: World, state: State) -> None:
    world.client("ec2").detach_internet_gateway(InternetGatewayId=state.id, VpcId=state["vpcId"])


INTERNET_GATEWAY = Case(
    type="aws:ec2/internetGateway:InternetGateway",
    inputs=lambda world: {
        "vpcId": world.make("aws:ec2/vpc:Vpc", "igw", {"cidrBlock": "10.7.0.0/16"}).id,
        "tags": {"Name": "gateway"},
    },
    update=lambda world: {
        "vpcId": world.make("aws:ec2/vpc:Vpc", "igw-2", {"cidrBlock": "10.8.0.0/16"}).id
    },
    replace={"region": "eu-west-2"},
    drift=_detach_gateway,
    drifted="vpcId",
    rejected=(({"vpcID": "vpc-1"}, "vpcID", "did you mean vpcId"),),
)

EIP = Case(
    type="aws:ec2/eip:Eip",
    inputs=lambda world: {"domain": "vpc", "tags": {"Name": "address"}},
    update=lambda world: {"tags": {"Name": "renamed"}},
    replace={"region": "eu-west-2"},
    drift=tag_behind,
    rejected=(
        ({"domain": "vpn"}, "domain", "vpc"),
        ({"instance": "i-1"}, "instance", "no API call"),
    ),
)

NAT_GATEWAY = Case(
    type="aws:ec2/natGateway:NatGateway",
    inputs=lambda world: {
        "subnetId": world.subnets[0],
        "allocationId": world.make("aws:ec2/eip:Eip", "nat", {}).id,
        "tags": {"Name": "nat"},
    },
    update=lambda world: {"tags": {"Name": "renamed"}},
    replace={"subnetId": "subnet-1", "connectivityType": "private"},
    drift=tag_behind,
    rejected=(({"connectivityType": "secret"}, "connectivityType", "private, public"),),
)

ROUTE_TABLE = Case(
    type="aws:ec2/routeTable:RouteTable",
    inputs=lambda world: {"vpcId": world.vpc, "tags": {"Name": "table"}},
    update=lambda world: {"tags": {"Name": "renamed", "more": "tags"}},
    replace={"vpcId": "vpc-1"},
    drift=tag_behind,
    rejected=(
        ({"vpcId": None}, "vpcId", "required"),
        ({"routes": [{"cidrBlock": "0.0.0.0/0"}]}, "routes", "no API call"),
    ),
)


def _reroute(world: World, state: State) -> None:
    world.client("ec2").replace_route(
        RouteTableId=state["routeTableId"],
        DestinationCidrBlock=state["destinationCidrBlock"],
        GatewayId=world.internet_gateway,
    )


ROUTE = Case(
    type="aws:ec2/route:Route",
    inputs=lambda world: {
        "routeTableId": world.route_table(),
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": world.internet_gateway,
    },
    update=lambda world: {"gatewayId": None, "natGatewayId": world.nat_gateway()},
    replace={"destinationCidrBlock": "10.0.0.0/8", "routeTableId": "rtb-1"},
    drift=_reroute,
    drifted="natGatewayId",
    import_id=lambda state: f"{state['routeTableId']}_{state['destinationCidrBlock']}",
    rejected=(
        ({"destinationCidrBlock": "10.0.0.1/8"}, "destinationCidrBlock", "CIDR"),
        ({"destinationCidrBlock": None}, "destinationCidrBlock", "exactly one"),
        ({"gatewayId": None}, "carrierGatewayId", "exactly one"),
        ({"natGatewayId": "nat-1"}, "natGatewayId", "exactly one"),
    ),
)

ROUTE_TABLE_ASSOCIATION = Case(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    inputs=lambda world: {"routeTableId": world.route_table(), "subnetId": world.subnets[1]},
    update=None,
    replace={"routeTableId": "rtb-1"},
    delete_first=True,
    drift=lambda world, state: world.client("ec2").disassociate_route_table(AssociationId=state.id),
    drifted="",
    import_id=lambda state: f"{state['subnetId']}/{state['routeTableId']}",
    rejected=(
        ({"routeTableId": None}, "routeTableId", "required"),
        ({"subnetId": None}, "subnetId", "exactly one"),
    ),
)


VPC_ENDPOINT = Case(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    inputs=lambda world: {
        "vpcId": world.vpc,
        "serviceName": "com.amazonaws.eu-west-1.s3",
        "vpcEndpointType": "Gateway",
        "routeTableIds": [world.route_table(), world.route_table()],
        "tags": {"Name": "s3"},
    },
    update=lambda world: {"routeTableIds": [world.route_table()], "tags": {"Name": "renamed"}},
    replace={"serviceName": "com.amazonaws.eu-west-1.dynamodb", "vpcEndpointType": "Interface"},
    drift=tag_behind,
    rejected=(
        ({"vpcEndpointType": "gateway"}, "vpcEndpointType", "Gateway"),
        ({"policy": "no json"}, "policy", "JSON"),
        ({"dnsOptions": {"recordType": "ipv4"}}, "dnsOptions.recordType", "unknown property"),
    ),
)

INTERFACE_ENDPOINT = Case(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    inputs=lambda world: {
        "vpcId": world.vpc,
        "serviceName": "com.amazonaws.eu-west-1.sts",
        "vpcEndpointType": "Interface",
        "subnetIds": world.subnets[:2],
        "securityGroupIds": [world.security_group()],
        "privateDnsEnabled": True,
        "tags": {"Name": "sts"},
    },
    update=lambda world: {
        "subnetIds": world.subnets[1:],
        "securityGroupIds": [world.security_group()],
        "tags": {"Name": "renamed"},
    },
    replace={"serviceName": "com.amazonaws.eu-west-1.kms"},
    drift=tag_behind,
    rejected=(({"privateDnsEnabled": "yes"}, "privateDnsEnabled", "boolean"),),
)

FLOW_LOG = Case(
    type="aws:ec2/flowLog:FlowLog",
    inputs=lambda world: {
        "vpcId": world.vpc,
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": world.log_group["arn"],
        "iamRoleArn": world.role("vpc-flow-logs.amazonaws.com")["arn"],
        "tags": {"Name": "flows"},
    },
    update=lambda world: {"tags": {"Name": "renamed"}},
    replace={"trafficType": "REJECT", "maxAggregationInterval": 60},
    drift=tag_behind,
    rejected=(
        ({"trafficType": "SOME"}, "trafficType", "ACCEPT, REJECT, ALL"),
        ({"vpcId": None}, "vpcId", "exactly one"),
        ({"iamRoleArn": "role"}, "iamRoleArn", "ARN"),
    ),
)

CASES = (
    VPC,
    SUBNET,
    INTERNET_GATEWAY,
    EIP,
    NAT_GATEWAY,
    ROUTE_TABLE,
    ROUTE,
    ROUTE_TABLE_ASSOCIATION,
    VPC_ENDPOINT,
    INTERFACE_ENDPOINT,
    FLOW_LOG,
)
