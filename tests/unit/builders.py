"""Components built alone, with as few arguments as they take."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.account import AwsAccount
from components.chart import Chart
from components.cluster import AccessGrant, AccessPolicy, Cluster, ClusterArgs, NodePool
from components.database import Postgresql, PostgresqlArgs
from components.network import ExistingNetwork, Vpc, VpcArgs
from tests.unit.recording import ACCOUNT, Recording, record

EU = AwsAccount(id=ACCOUNT, region="eu-west-1")
KEY = "arn:aws:kms:eu-west-1:123456789012:key/logs"
ADDONS = {
    "vpc-cni": "v1.22.4-eksbuild.3",
    "kube-proxy": "v1.36.0-eksbuild.21",
    "coredns": "v1.14.3-eksbuild.16",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
}
CHART = Chart(repository="https://charts.example.com", version="10.2.3")
ADMIN = AccessGrant(
    principal_arn=f"arn:aws:iam::{ACCOUNT}:role/platform", policy=AccessPolicy.CLUSTER_ADMIN
)


def vpc_args(**changes: Any) -> VpcArgs:
    """Two zones, and `changes`."""
    values: dict[str, Any] = {
        "account": EU,
        "cidr": IPv4Network("10.0.0.0/16"),
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
        "log_key_arn": KEY,
    }
    return VpcArgs(**{**values, **changes})


def record_vpc(**changes: Any) -> Recording:
    """A Vpc named `net`."""
    args = vpc_args(**changes)
    return record(lambda: Vpc("net", args))


def existing_network(account: AwsAccount = EU) -> ExistingNetwork:
    """A VPC with two zones."""
    return ExistingNetwork(
        account=account,
        vpc_id="vpc-1",
        intra_subnet_ids=["subnet-1", "subnet-2"],
        private_subnet_ids=["subnet-3", "subnet-4"],
        database_subnet_ids=["subnet-5", "subnet-6"],
    )


def cluster_args(**changes: Any) -> ClusterArgs:
    """One administrator, one node pool, the required add-ons, and `changes`."""
    values: dict[str, Any] = {
        "name": "main",
        "version": "1.36",
        "network": existing_network(),
        "log_key_arn": KEY,
        "access": {"platform": ADMIN},
        "node_pools": {"general": NodePool(instance_types=["m7i.large"], min_size=1, max_size=3)},
        "addons": ADDONS,
    }
    return ClusterArgs(**{**values, **changes})


def record_cluster(**changes: Any) -> Recording:
    """A Cluster named `eks`."""
    args = cluster_args(**changes)
    return record(lambda: Cluster("eks", args))


def postgresql_args(**changes: Any) -> PostgresqlArgs:
    """Defaults, one client, and `changes`."""
    values: dict[str, Any] = {
        "identifier": "main",
        "version": "18.1",
        "instance_class": "db.m7g.large",
        "network": existing_network(),
        "clients": {"cluster": "sg-cluster"},
        "log_key_arn": KEY,
        "database_name": "app",
    }
    return PostgresqlArgs(**{**values, **changes})


def record_postgresql(**changes: Any) -> Recording:
    """A Postgresql named `db`."""
    args = postgresql_args(**changes)
    return record(lambda: Postgresql("db", args))


def record_in_cluster(build: Callable[[pulumi.ResourceOptions], object]) -> Recording:
    """What `build` makes with options that carry a Kubernetes provider."""

    def program() -> None:
        provider = kubernetes.Provider("kubernetes", kubeconfig="{}")
        build(pulumi.ResourceOptions(providers=[provider]))

    return record(program)
