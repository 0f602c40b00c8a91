"""Ways from the VPC to AWS's own services that stay inside AWS's network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

import pulumi_aws as aws
from pulumi import Input, Output, Resource, ResourceOptions

from components.arguments import Args, Fault
from components.component import Component
from components.partition import endpoint_service

GATEWAYS = ("s3", "dynamodb")
HTTPS = 443
INTERFACES = (
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "monitoring",
    "rds",
    "rds-data",
    "secretsmanager",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
)
# Without these, or a NAT gateway, a node cannot join its cluster, nor a pod get its role, nor the
# External Secrets Operator and the migrator read a secret.
NEEDED_WITHOUT_NAT = frozenset(
    {"ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "secretsmanager", "sts"}
)


def interface_faults(field_name: str, interfaces: Sequence[str]) -> Iterator[Fault]:
    """Services that are not known, or named twice."""
    for position, service in enumerate(interfaces):
        if service not in INTERFACES:
            yield Fault(
                f"{field_name}[{position}]", service, f"name some of {', '.join(INTERFACES)}"
            )
        if service in interfaces[:position]:
            yield Fault(f"{field_name}[{position}]", service, "name each service once")


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs(Args):
    """`interfaces`: services with an interface endpoint, which costs by the hour and zone.

    `subnet_ids`: where those stand. `route_table_ids`: from where the gateways are reached.
    """

    vpc_id: Input[str]
    cidr: IPv4Network
    region: str
    subnet_ids: Input[Sequence[Input[str]]]
    route_table_ids: Sequence[Input[str]]
    interfaces: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> Iterator[Fault]:
        return interface_faults("interfaces", self.interfaces)


class Endpoints(Component):
    """The free gateways to S3 and DynamoDB; interface endpoints that answer HTTPS to the VPC only.

    Interface endpoints take over the services' usual names (private DNS). Output: `endpoint_ids`,
    by service. `ready`: the endpoints themselves.
    """

    subject = "network"

    endpoint_ids: Output[dict[str, str]]
    ready: list[Resource]

    def __init__(self, name: str, args: EndpointsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts, tags=args.tags)
        self._args = args
        endpoints = {
            service: self._create(
                service, vpc_endpoint_type="Gateway", route_table_ids=list(args.route_table_ids)
            )
            for service in GATEWAYS
        }
        if args.interfaces:
            group = self._create_security_group()
            for service in args.interfaces:
                endpoints[service] = self._create(
                    service,
                    vpc_endpoint_type="Interface",
                    subnet_ids=args.subnet_ids,
                    security_group_ids=[group.id],
                    private_dns_enabled=True,
                )
        self.ready = list(endpoints.values())
        self.endpoint_ids = Output.all(
            **{service: endpoint.id for service, endpoint in endpoints.items()}
        )
        self.register_outputs(self.outputs())

    def _create(self, service: str, **properties: object) -> aws.ec2.VpcEndpoint:
        name = self.child_name(service.replace(".", "-"))
        return aws.ec2.VpcEndpoint(
            name,
            vpc_id=self._args.vpc_id,
            service_name=endpoint_service(service, self._args.region),
            tags=self.tags(name),
            opts=self.child(),
            **properties,  # pyright: ignore[reportArgumentType]
        )

    def _create_security_group(self) -> aws.ec2.SecurityGroup:
        name, rule = self.child_name("security-group"), self.child_name("ingress")
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=self._args.vpc_id,
            description="Endpoints of AWS services",
            tags=self.tags(name),
            opts=self.child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            rule,
            security_group_id=group.id,
            cidr_ipv4=str(self._args.cidr),
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            description="HTTPS from the VPC",
            tags=self.tags(rule),
            opts=self.child(),
        )
        return group
