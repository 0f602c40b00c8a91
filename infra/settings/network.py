"""`groundwork:network`."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from components.arguments import Fault
from components.network import NatStrategy, VpcArgs
from infra.settings.subject import Foundation, Network, Subject, attempt


class NetworkSettings(Subject):
    """The VPC and its subnets."""

    cidr: Network = Field(description="Addresses of the VPC, /16 to /22", examples=["10.0.0.0/16"])
    availability_zones: list[str] = Field(
        description="Two or more zones of the stack's region; add new ones at the end",
        examples=[["eu-west-1a", "eu-west-1b"]],
    )
    nat: NatStrategy = Field(
        default=NatStrategy.PER_AZ,
        description="NAT gateways: none, a single one in the first zone, or one in each zone; with"
        " `none`, all charts and images, also those that charts name, must lie in ECR, and Argo CD"
        " must reach its Git repositories without the internet",
    )
    interface_endpoints: list[str] = Field(
        default=[],
        description="AWS services to be reached inside the VPC, such as `ecr.api`; each costs by"
        " the hour and zone; without NAT, nodes and pods need some",
    )
    flow_log_retention_days: int = Field(default=90, description="How long flow logs are kept")

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        return attempt(lambda: self.vpc(foundation))

    def vpc(self, foundation: Foundation) -> VpcArgs:
        """Arguments of the VPC."""
        return VpcArgs(
            account=foundation.account,
            cidr=self.cidr,
            availability_zones=self.availability_zones,
            nat=self.nat,
            interface_endpoints=self.interface_endpoints,
            flow_log_retention_days=self.flow_log_retention_days,
            log_key_arn=foundation.log_key_arn,
            tags=foundation.tags,
        )
