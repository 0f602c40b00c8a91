"""`groundwork:cluster`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pulumi import Input, Resource
from pydantic import Field

from components.arguments import Fault
from components.cluster import AccessGrant, ClusterArgs, NodePool
from infra.settings.subject import Foundation, Network, Subject, attempt


class ClusterSettings(Subject):
    """Kubernetes on EKS."""

    name: str = Field(
        description="The cluster's name, unique in account and region; another name is another"
        " cluster: destroy the stack first",
        examples=["groundwork"],
    )
    version: str = Field(description="Kubernetes version, in quotes", examples=["1.34"])
    service_cidr: Network = Field(
        description="Addresses of Kubernetes services, outside the VPC; others mean another"
        " cluster: destroy the stack first",
        examples=["172.20.0.0/16"],
    )
    private_access_cidrs: list[Network] = Field(
        default=[],
        description="Private networks that may reach the API, beside the nodes: the network of the"
        " machine that deploys, or a VPN",
    )
    public_access_cidrs: list[Network] = Field(
        default=[],
        description="Who may reach the API from the internet; nobody if empty; private networks"
        " belong into `private_access_cidrs`",
    )
    log_retention_days: int = Field(default=90, description="How long control-plane logs are kept")
    support: Literal["standard", "extended"] = Field(
        default="standard", description="`extended` keeps an old version running for extra money"
    )
    deletion_protection: bool = Field(
        default=True, description="AWS refuses to delete the cluster until this is false"
    )
    access: dict[str, AccessGrant] = Field(
        description="Who may use the Kubernetes API, by a name of yours. Do not rename a grant, nor"
        " swap the principals of two: EKS refuses a second entry of one principal. For another"
        " principal, add a grant, deploy, then take the old one away: whoever deploys must not lose"
        " access midway",
        examples=[
            {
                "platform": {
                    "principal_arn": "arn:aws:iam::123456789012:role/platform",
                    "policy": "AmazonEKSClusterAdminPolicy",
                }
            }
        ],
    )
    node_pools: dict[str, NodePool] = Field(
        description="Groups of nodes, by a name of yours; at least one must run a node",
        examples=[{"general": {"instance_types": ["m7i.large"], "min_size": 2, "max_size": 4}}],
    )
    addons: dict[str, str] = Field(
        description="Exact versions of the EKS add-ons, by the add-on's name",
        examples=[
            {
                "vpc-cni": "v1.20.4-eksbuild.2",
                "kube-proxy": "v1.34.0-eksbuild.4",
                "coredns": "v1.12.4-eksbuild.1",
                "eks-pod-identity-agent": "v1.3.9-eksbuild.5",
            }
        ],
    )

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        return attempt(
            lambda: self.cluster(foundation, control_plane_subnet_ids=[], node_subnet_ids=[])
        )

    def cluster(
        self,
        foundation: Foundation,
        *,
        control_plane_subnet_ids: Input[Sequence[Input[str]]],
        node_subnet_ids: Input[Sequence[Input[str]]],
        wait_for: Sequence[Resource] = (),
    ) -> ClusterArgs:
        """Arguments of the cluster."""
        return ClusterArgs(
            account=foundation.account,
            name=self.name,
            version=self.version,
            control_plane_subnet_ids=control_plane_subnet_ids,
            node_subnet_ids=node_subnet_ids,
            service_cidr=self.service_cidr,
            private_access_cidrs=self.private_access_cidrs,
            public_access_cidrs=self.public_access_cidrs,
            log_key_arn=foundation.log_key_arn,
            log_retention_days=self.log_retention_days,
            support=self.support,
            deletion_protection=self.deletion_protection,
            access=self.access,
            node_pools=self.node_pools,
            addons=self.addons,
            wait_for=wait_for,
            tags=foundation.tags,
        )
