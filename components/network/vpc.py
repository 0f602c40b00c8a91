"""The VPC with its subnets and routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

import pulumi_aws as aws
from pulumi import Alias, InvokeOutputOptions, Output, Resource, ResourceOptions

from components.account import AwsAccount
from components.component import Component
from components.encryption import log_key
from components.network.arguments import NatStrategy, VpcArgs
from components.network.endpoints import Endpoints, EndpointsArgs
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.layout import SubnetLayout, Tier

# Load balancer controllers find the subnets they may use by these tags.
LOAD_BALANCER_TAGS = {
    Tier.PUBLIC: {"kubernetes.io/role/elb": "1"},
    Tier.PRIVATE: {"kubernetes.io/role/internal-elb": "1"},
}


class Vpc(Component):
    """A VPC; four tiers of subnets in each zone; an internet gateway; NAT gateways; routes; an
    emptied default security group; endpoints of AWS services; flow logs.

    Public subnets give no public address by themselves. Database and intra subnets have no route
    out of the VPC. Outputs: `vpc_id`, and the subnet ids of each tier in the order of the zones:
    `public_subnet_ids`, `private_subnet_ids`, `database_subnet_ids`, `intra_subnet_ids`;
    `nat_public_ips`, for partners' allow lists. `ready` holds what makes a private subnet of use:
    its routes, their gateways, and the endpoints. `account`, `cidr` and `availability_zones`: where
    it stands.
    """

    subject = "network"

    vpc_id: Output[str]
    public_subnet_ids: Output[list[str]]
    private_subnet_ids: Output[list[str]]
    database_subnet_ids: Output[list[str]]
    intra_subnet_ids: Output[list[str]]
    nat_public_ips: Output[list[str]]
    ready: list[Resource]
    account: AwsAccount
    cidr: IPv4Network
    availability_zones: Sequence[str]

    def __init__(self, name: str, args: VpcArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts, tags=args.tags)
        self._args = args
        self.ready = []
        self.cidr = args.cidr
        self.availability_zones = args.availability_zones
        self.account = args.account or self._callers_account()
        self._layout = SubnetLayout(cidr=args.cidr)
        self._vpc = self._create_vpc()
        self._subnets = {tier: self._create_subnets(tier) for tier in Tier}
        public_routes = self._create_public_routes()
        addresses, gateways = self._create_nat(depends_on=public_routes)
        tables = self._create_private_routes(gateways)
        tables += [self._create_isolated_routes(tier) for tier in (Tier.DATABASE, Tier.INTRA)]
        endpoints = Endpoints(
            self.child_name("endpoints"),
            EndpointsArgs(
                vpc_id=self._vpc.id,
                cidr=args.cidr,
                region=args.region,
                subnet_ids=self._ids(Tier.PRIVATE),
                route_table_ids=[table.id for table in tables],
                interfaces=args.interface_endpoints,
                tags=args.tags,
            ),
            opts=self.child(),
        )
        self.ready += endpoints.ready
        FlowLogs(
            self.child_name("flow-logs"),
            FlowLogsArgs(
                vpc_id=self._vpc.id,
                log_key_arn=log_key(self, args.log_key_arn, self.account, args.tags),
                retention_days=args.flow_log_retention_days,
                tags=args.tags,
            ),
            opts=self.child(),
        )
        self.vpc_id = self._vpc.id
        self.public_subnet_ids = self._ids(Tier.PUBLIC)
        self.private_subnet_ids = self._ids(Tier.PRIVATE)
        self.database_subnet_ids = self._ids(Tier.DATABASE)
        self.intra_subnet_ids = self._ids(Tier.INTRA)
        self.nat_public_ips = Output.all(*[address.public_ip for address in addresses])
        self.register_outputs(self.outputs())

    def _callers_account(self) -> AwsAccount:
        caller = aws.get_caller_identity_output(opts=InvokeOutputOptions(parent=self))
        return AwsAccount(id=caller.account_id, region=self._args.region)

    def _ids(self, tier: Tier) -> Output[list[str]]:
        return Output.all(*[subnet.id for subnet in self._subnets[tier].values()])

    def _create_vpc(self) -> aws.ec2.Vpc:
        name = self.child_name("vpc")
        vpc = aws.ec2.Vpc(
            name,
            cidr_block=str(self._args.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self.tags(name),
            opts=self.child(),
        )
        # Without rules: what forgets to name its security group can talk to nothing.
        default = self.child_name("default-security-group")
        aws.ec2.DefaultSecurityGroup(
            default, vpc_id=vpc.id, tags=self.tags(default), opts=self.child()
        )
        return vpc

    def _create_subnets(self, tier: Tier) -> dict[str, aws.ec2.Subnet]:
        subnets: dict[str, aws.ec2.Subnet] = {}
        for zone in self._args.availability_zones:
            name = self.child_name(tier, zone)
            subnets[zone] = aws.ec2.Subnet(
                name,
                vpc_id=self._vpc.id,
                availability_zone=zone,
                cidr_block=str(self._layout.subnet(tier, zone)),
                map_public_ip_on_launch=False,
                tags=self.tags(name, **LOAD_BALANCER_TAGS.get(tier, {})),
                opts=self.child(),
            )
        return subnets

    def _create_table(self, what: str, key: str | None = None) -> aws.ec2.RouteTable:
        name = self.child_name(f"{what}-routes", key)
        return aws.ec2.RouteTable(
            name, vpc_id=self._vpc.id, tags=self.tags(name), opts=self.child()
        )

    def _associate(self, tier: Tier, zone: str, table: aws.ec2.RouteTable) -> None:
        association = aws.ec2.RouteTableAssociation(
            self.child_name(f"{tier}-association", zone),
            subnet_id=self._subnets[tier][zone].id,
            route_table_id=table.id,
            opts=self.child(),
        )
        self.ready.append(association)

    def _create_public_routes(self) -> aws.ec2.Route:
        name = self.child_name("internet")
        internet = aws.ec2.InternetGateway(
            name, vpc_id=self._vpc.id, tags=self.tags(name), opts=self.child()
        )
        table = self._create_table(Tier.PUBLIC)
        route = aws.ec2.Route(
            self.child_name("public-default"),
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=internet.id,
            opts=self.child(),
        )
        for zone in self._args.availability_zones:
            self._associate(Tier.PUBLIC, zone, table)
        return route

    def _create_nat(
        self, depends_on: aws.ec2.Route
    ) -> tuple[list[aws.ec2.Eip], dict[str, aws.ec2.NatGateway]]:
        """NAT gateways by zone; they work only once the public subnets reach the internet."""
        # Of a single one the name has no zone: its address stays wherever the gateway goes.
        places: dict[str, str | None] = {
            NatStrategy.NONE: {},
            NatStrategy.SINGLE: {self._args.single_nat_zone: None},
            NatStrategy.PER_AZ: {zone: zone for zone in self._args.availability_zones},
        }[self._args.nat]
        addresses: list[aws.ec2.Eip] = []
        gateways: dict[str, aws.ec2.NatGateway] = {}
        for zone, key in places.items():
            address_name, name = self.child_name("nat-address", key), self.child_name("nat", key)
            others = self._other_nat_keys(zone, key)
            address = aws.ec2.Eip(
                address_name,
                domain="vpc",
                tags=self.tags(address_name),
                opts=self._once_keyed("nat-address", others, self.child()),
            )
            addresses.append(address)
            # An address is in one gateway at a time.
            opts = self.child(depends_on=[depends_on], delete_before_replace=True)
            gateways[zone] = aws.ec2.NatGateway(
                name,
                subnet_id=self._subnets[Tier.PUBLIC][zone].id,
                allocation_id=address.allocation_id,
                tags=self.tags(name),
                opts=self._once_keyed("nat", others, opts),
            )
        return addresses, gateways

    def _other_nat_keys(self, zone: str, key: str | None) -> list[str | None]:
        """How a gateway is keyed under the other strategy, to keep its public address."""
        if key is None:
            return [zone, *(one for one in self._args.availability_zones if one != zone)]
        return [None] if zone == self._args.single_nat_zone else []

    def _once_keyed(
        self, what: str, keys: Sequence[str | None], opts: ResourceOptions
    ) -> ResourceOptions:
        aliases = [Alias(name=self.child_name(what, key)) for key in keys]
        return ResourceOptions.merge(opts, ResourceOptions(aliases=aliases))

    def _create_private_routes(
        self, gateways: Mapping[str, aws.ec2.NatGateway]
    ) -> list[aws.ec2.RouteTable]:
        tables: list[aws.ec2.RouteTable] = []
        shared = next(iter(gateways.values()), None)
        for zone in self._args.availability_zones:
            table = self._create_table(Tier.PRIVATE, zone)
            tables.append(table)
            if gateway := gateways.get(zone, shared):
                route = aws.ec2.Route(
                    self.child_name("private-default", zone),
                    route_table_id=table.id,
                    destination_cidr_block="0.0.0.0/0",
                    nat_gateway_id=gateway.id,
                    opts=self.child(),
                )
                self.ready.append(route)
            self._associate(Tier.PRIVATE, zone, table)
        return tables

    def _create_isolated_routes(self, tier: Tier) -> aws.ec2.RouteTable:
        table = self._create_table(tier)
        for zone in self._args.availability_zones:
            self._associate(tier, zone, table)
        return table
