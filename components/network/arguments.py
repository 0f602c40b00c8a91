"""The arguments of a VPC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated

from pulumi import Input

from components.account import AwsAccount
from components.arguments import Args, Fault, Setting, Settings, log_retention_faults
from components.network.endpoints import NEEDED_WITHOUT_NAT, interface_faults
from components.network.layout import cidr_faults, zone_faults, zone_region


class NatStrategy(StrEnum):
    """How private subnets reach the internet: not at all, by one gateway, by one in each zone."""

    NONE = "none"
    SINGLE = "single"
    PER_AZ = "per_az"


@dataclass(frozen=True, kw_only=True)
class VpcSettings(Settings):
    """The VPC and its subnets."""

    cidr: Annotated[IPv4Network, Setting("Addresses of the VPC, /16 to /22", example="10.0.0.0/16")]
    availability_zones: Annotated[
        Sequence[str],
        Setting(
            "Two or more zones of the stack's region. The cluster's control plane stays in the"
            " first two: leave these where they are, and add new ones at the end",
            example=["eu-west-1a", "eu-west-1b"],
        ),
    ]
    nat: Annotated[
        NatStrategy,
        Setting(
            "NAT gateways: none, a single one (`nat_zone`), or one in each zone; with `none`,"
            " all charts and images, also those that charts name, must lie in ECR, and Argo CD must"
            " reach its Git repositories without the internet"
        ),
    ] = NatStrategy.PER_AZ
    nat_zone: Annotated[
        str | None,
        Setting(
            "Where a single NAT gateway stands, one of `availability_zones`; without, in that which"
            " is first by its letter. Another zone keeps the public address, but cuts private"
            " subnets off for minutes"
        ),
    ] = None
    interface_endpoints: Annotated[
        Sequence[str],
        Setting(
            "AWS services to be reached inside the VPC, such as `ecr.api`; each costs by the hour"
            " and zone; without NAT, nodes and pods need some"
        ),
    ] = ()
    flow_log_retention_days: Annotated[int, Setting("How long flow logs are kept", unit="days")] = (
        90
    )

    def faults(self) -> Iterator[Fault]:
        """All faults but those of the zones, which only the region can tell."""
        yield from cidr_faults(self.cidr)
        yield from interface_faults("interface_endpoints", self.interface_endpoints)
        missing = sorted(NEEDED_WITHOUT_NAT - set(self.interface_endpoints))
        if self.nat is NatStrategy.NONE and missing:
            yield Fault(
                "interface_endpoints",
                list(self.interface_endpoints),
                f"without NAT, nodes and pods need {', '.join(missing)} as well",
            )
        yield from self._nat_zone_faults()
        yield from log_retention_faults("flow_log_retention_days", self.flow_log_retention_days)

    @property
    def single_nat_zone(self) -> str:
        """Where a single NAT gateway stands, whatever the order of the zones."""
        return self.nat_zone or min(self.availability_zones)

    def _nat_zone_faults(self) -> Iterator[Fault]:
        if self.nat_zone is None:
            return
        if self.nat is not NatStrategy.SINGLE:
            yield Fault("nat_zone", self.nat_zone, f"take it out: `nat` is {self.nat}, not single")
        elif self.nat_zone not in self.availability_zones:
            zones = ", ".join(self.availability_zones)
            yield Fault("nat_zone", self.nat_zone, f"name one of `availability_zones` ({zones})")


@dataclass(frozen=True, kw_only=True)
class VpcArgs(VpcSettings, Args):
    """VpcSettings, of which `cidr` and `availability_zones` must be given.

    `account`: default, whoever deploys, in the region of the zones. `log_key_arn`: the KMS key of
    the flow logs' log group; default, one of the network's own.
    """

    account: AwsAccount | None = None
    log_key_arn: Input[str] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def region(self) -> str:
        """The account's region, or else that of the first zone."""
        if self.account is not None:
            return self.account.region
        return zone_region(self.availability_zones[0]) if self.availability_zones else ""

    def faults(self) -> Iterator[Fault]:
        yield from zone_faults(self.availability_zones, self.region)
        yield from super().faults()
