"""The smallest network, cluster and database: what only the user of a component can know."""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws
import pytest

from components.arguments import ArgumentError
from components.cluster import Cluster, ClusterArgs
from components.database import Postgresql, PostgresqlArgs
from components.network import Vpc, VpcArgs
from tests.unit.builders import existing_network
from tests.unit.recording import ACCOUNT, Recording, record

ZONES = ["eu-west-1a", "eu-west-1b"]


def network(opts: pulumi.ResourceOptions | None = None) -> Vpc:
    args = VpcArgs(cidr=IPv4Network("10.0.0.0/16"), availability_zones=ZONES)
    return Vpc("net", args, opts)


def recorded(build: Callable[[Vpc], object]) -> Recording:
    return record(lambda: build(network()))


def test_a_network_is_its_addresses_and_zones() -> None:
    recording = recorded(lambda _: None)
    assert len(recording.of_type(":Subnet")) == 8
    key = recording.named("net-logs-key")
    owner, logs = json.loads(key.inputs["policy"])["Statement"]
    assert owner["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert logs["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert recording.only(":LogGroup").inputs["kmsKeyId"] == "arn:aws:mock:::net-logs-key"


def test_a_cluster_is_its_network() -> None:
    recording = recorded(lambda net: Cluster("eks", ClusterArgs(network=net)))
    cluster = recording.only("eks/cluster:Cluster").inputs
    assert cluster["name"] == "eks"
    assert cluster["vpcConfig"]["subnetIds"] == [f"net-intra-{zone}-id" for zone in ZONES]
    nodes = recording.only("eks/nodeGroup:NodeGroup").inputs
    assert nodes["subnetIds"] == [f"net-private-{zone}-id" for zone in ZONES]
    assert nodes["scalingConfig"] == {"minSize": 2, "desiredSize": 2, "maxSize": 4}
    log_group = recording.named("eks-control-plane-logs").inputs
    assert log_group["kmsKeyId"] == "arn:aws:mock:::eks-logs-key"


def test_eks_chooses_versions_that_nobody_names_when_it_makes_them() -> None:
    """A version that was looked up would be another one at some later deployment."""
    recording = recorded(lambda net: Cluster("eks", ClusterArgs(network=net)))
    assert "version" not in recording.only("eks/cluster:Cluster").inputs
    addons = recording.of_type(":Addon")
    assert {one.inputs["addonName"] for one in addons} == {
        *("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent")
    }
    assert not any("addonVersion" in one.inputs for one in addons)


def test_whoever_deploys_a_cluster_administers_it_through_the_role_of_the_session() -> None:
    recording = recorded(lambda net: Cluster("eks", ClusterArgs(network=net)))
    entry = recording.only(":AccessEntry")
    assert entry.name == "eks-access-entry-deployer"
    assert entry.inputs["principalArn"] == f"arn:aws:iam::{ACCOUNT}:role/ci/deployment"
    policy = recording.only(":AccessPolicyAssociation").inputs["policyArn"]
    assert policy.endswith("/AmazonEKSClusterAdminPolicy")


def test_a_database_is_its_network() -> None:
    recording = recorded(lambda net: Postgresql("orders", PostgresqlArgs(network=net)))
    instance = recording.only("rds/instance:Instance").inputs
    assert instance["identifier"] == "orders-0a1b2c3d"
    assert (instance["engineVersion"], instance["autoMinorVersionUpgrade"]) == ("18", True)
    subnets = recording.only(":SubnetGroup").inputs
    assert subnets["subnetIds"] == [f"net-database-{zone}-id" for zone in ZONES]
    assert not recording.of_type(":SecurityGroupIngressRule")
    for group in recording.of_type(":LogGroup"):
        if group.name.startswith("orders-"):
            assert group.inputs["kmsKeyId"] == "arn:aws:mock:::orders-logs-key"


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: Cluster("my cluster", ClusterArgs(network=existing_network())), "name"),
        (lambda: Postgresql("Orders_1", PostgresqlArgs(network=existing_network())), "identifier"),
    ],
)
def test_a_components_name_that_cannot_be_the_resources_is_refused(
    build: Callable[[], object], field: str
) -> None:
    with pytest.raises(ArgumentError, match=f"{field}: "):
        record(build)


def test_a_clusters_own_addresses_must_lie_outside_its_network() -> None:
    def build() -> None:
        args = VpcArgs(cidr=IPv4Network("172.20.0.0/18"), availability_zones=ZONES)
        ClusterArgs(network=Vpc("net", args))

    with pytest.raises(ArgumentError, match=r"service_cidr: '172.20.0.0/16' cannot be used"):
        record(build)


def test_what_is_passed_is_used_and_nothing_made_or_looked_up() -> None:
    def build() -> None:
        there = existing_network()
        Postgresql("db", PostgresqlArgs(network=there, log_key_arn="arn:key"))

    recording = record(build)
    assert not recording.lookups
    assert not [one for one in recording.resources if one.name == "db-logs"]


def test_the_account_is_that_of_the_networks_own_provider() -> None:
    def build() -> None:
        other = aws.Provider("other", region="eu-west-1")
        network(pulumi.ResourceOptions(providers=[other]))

    (lookup,) = record(build).lookups
    assert "::other::" in lookup.provider


@pytest.mark.parametrize(
    ("zones", "field"),
    [
        ([], "availability_zones"),
        (["eu-west-1a", "us-east-1a"], "availability_zones[1]"),
        (["xx-west-1a", "xx-west-1b"], "availability_zones[0]"),
        (["nowhere", "eu-west-1b"], "availability_zones[0]"),
    ],
)
def test_zones_without_an_account_are_of_one_region(zones: list[str], field: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        VpcArgs(cidr=IPv4Network("10.0.0.0/16"), availability_zones=zones)
    assert caught.value.faults[0].field == field
