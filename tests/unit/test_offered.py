"""What AWS would refuse or never make work, as far as it can be told without asking it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from moto.ec2.models.instance_types import INSTANCE_TYPES

from components.arguments import ArgumentError
from components.cluster import Architecture, Cluster, ClusterArgs, NodePool
from components.cluster.addons import NEED_A_ROLE
from components.cluster.instance_types import architecture_of, known_types
from components.database.engine import instance_class_faults
from components.network import Vpc
from infra.settings import parse
from local.endpoint.eks.addon_catalogue import CATALOGUE
from local.endpoint.eks.versions import SUPPORTED
from local.endpoint.rds.instance_classes import FAMILIES
from tests.unit.builders import ADDONS, cluster_args, vpc_args
from tests.unit.recording import record
from tests.unit.stack_files import FILE, STACKS, VALID, as_config, faults_of, put, stack_file

POOL = "cluster/node_pools/general"
KEY = "cluster.node_pools.general"


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (
            put(f"{POOL}/instance_types", ["m7g.large"]),
            f"{KEY}.instance_types[0]",
            "'m7g.large' cannot be used; it has arm64 processors in a pool of `architecture:"
            " x86_64`",
        ),
        (
            put(f"{POOL}/instance_types", ["m7i.large", "m7g.large", "c7a.large"]),
            f"{KEY}.instance_types[1]",
            "one pool has one architecture",
        ),
        (
            put(f"{POOL}/instance_types", ["m7i.large", "m1.large"]),
            f"{KEY}.instance_types[1]",
            "Amazon Linux 2023 does not run on it",
        ),
        (
            lambda values: values["groundwork:cluster"]["node_pools"]["general"].update(
                {"architecture": "arm64", "instance_types": ["a1.large"]}
            ),
            f"{KEY}.instance_types[0]",
            "'a1.large' cannot be used; Amazon Linux 2023 does not run on it",
        ),
        (put(f"{POOL}/architecture", "arm64"), f"{KEY}.instance_types[0]", "such as 'm7g.large'"),
        (put(f"{POOL}/instance_types", ["m7i.larg"]), f"{KEY}.instance_types[0]", "no such size"),
        (put(f"{POOL}/instance_types", ["m7i"]), f"{KEY}.instance_types[0]", "give a type of EC2"),
        (
            put(f"{POOL}/instance_types", ["db.m7i.large"]),
            f"{KEY}.instance_types[0]",
            "give a type of EC2",
        ),
        (put(f"{POOL}/instance_types", ["mac2.metal"]), f"{KEY}.instance_types[0]", "Macs"),
        (
            put(f"{POOL}/labels", {"node-role.kubernetes.io/worker": ""}),
            f"{KEY}.labels.node-role.kubernetes.io/worker",
            "nodes may not give themselves labels of kubernetes.io",
        ),
        (put(f"{POOL}/labels", {"team": "a b"}), f"{KEY}.labels.team", "use at most 63"),
        (
            put("database/instance_class", "m7g.large"),
            "database.instance_class",
            "'m7g.large' cannot be used; give an instance class of RDS; did you mean"
            " 'db.m7g.large'?",
        ),
        (put("database/instance_class", "db.m7g"), "database.instance_class", "such as"),
        (put("database/instance_class", "db.serverless"), "database.instance_class", "such as"),
        (put("database/instance_class", "db.t2.micro"), "database.instance_class", "12 and older"),
        (put("database/version", "13.22"), "database.version", "standard support on 2026-02-28"),
        (
            put("cluster/addons/kube-proxy", "v1.34.0-eksbuild.4"),
            "cluster.addons.kube-proxy",
            "it belongs to Kubernetes 1.34, and the cluster is of 1.36",
        ),
        (put("cluster/version", "1.35"), "cluster.addons.kube-proxy", "name a build of v1.35"),
        (put("cluster/version", "1.29"), "cluster.version", "EKS offers it no more; use '1.36'"),
        (
            put("cluster/version", "1.31"),
            "cluster.version",
            "EKS offers it no more since 2026-11-26",
        ),
        (
            put("cluster/version", "1.33"),
            "cluster.version",
            "left EKS's standard support on 2026-07-29; use '1.36', or `support: extended`",
        ),
        (
            put("cluster/addons/aws-ebs-csi-driver", "v1.63.1-eksbuild.1"),
            "cluster.addons.aws-ebs-csi-driver",
            "needs an IAM role that cannot be given here yet",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_aws_refuses_is_refused_with_the_reason(
    change: Callable[[dict[str, Any]], None], key: str, words: str
) -> None:
    said = faults_of(change)
    assert said[0].startswith(f"{FILE}: groundwork:{key}: ")
    assert words in said[0]


def test_eks_makes_no_cluster_in_some_zones() -> None:
    def change(values: dict[str, Any]) -> None:
        values["aws:region"] = "us-east-1"
        put("network/availability_zones", ["us-east-1a", "us-east-1e"])(values)

    (fault,) = faults_of(change)
    assert fault.startswith(
        f"{FILE}: groundwork:network.availability_zones[1]: 'us-east-1e' cannot be used; EKS makes"
    )


def test_a_program_is_told_of_the_zone_too() -> None:
    def build() -> None:
        zones = ["us-east-1e", "us-east-1f"]
        Cluster(
            "eks", ClusterArgs(network=Vpc("net", vpc_args(account=None, availability_zones=zones)))
        )

    with pytest.raises(ArgumentError, match=r"network\.availability_zones\[0\]: 'us-east-1e'"):
        record(build)


def test_a_familys_name_tells_its_architecture() -> None:
    """Against what EC2 says of each type."""
    for name, one in INSTANCE_TYPES.items():
        family, said = name.partition(".")[0], one["ProcessorInfo"]["SupportedArchitectures"]
        if not family.startswith("mac"):
            assert (architecture_of(family) is Architecture.ARM64) is ("arm64" in said), name


def test_the_sdk_knows_the_types_that_ec2_has() -> None:
    unknown = {
        name
        for name in INSTANCE_TYPES
        if name.partition(".")[2] not in known_types()[name.partition(".")[0]]
    }
    assert not unknown


def test_a_type_that_is_newer_than_the_sdk_is_left_to_ec2() -> None:
    types = ["m99i.large", "m99i.flux"]
    assert NodePool(instance_types=types, min_size=1, max_size=1).instance_types == types
    with pytest.raises(ArgumentError, match="arm64"):
        NodePool(instance_types=["m99g.large"], min_size=1, max_size=1)


def test_classes_of_every_family_but_the_oldest_are_taken() -> None:
    refused = {
        family
        for family in FAMILIES
        if any(instance_class_faults("instance_class", f"db.{family}.large"))
    }
    assert refused == {"m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2"}


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_an_addon_that_wants_a_role_is_refused_while_none_can_be_given(name: str) -> None:
    """By what DescribeAddonVersions says: `requiresIamPermissions`. The network plugin has one."""
    versions = {name: CATALOGUE[name].fitting("1.36")[0], **ADDONS}
    if CATALOGUE[name].service_accounts and name not in ADDONS:
        with pytest.raises(ArgumentError, match=rf"addons\.{name}.* IAM role"):
            cluster_args(addons=versions)
    else:
        assert cluster_args(addons=versions).addons == versions


def test_drivers_that_nobody_has_named_are_refused_too() -> None:
    assert "aws-later-csi-driver" not in NEED_A_ROLE
    with pytest.raises(ArgumentError, match="IAM role"):
        cluster_args(addons={**ADDONS, "aws-later-csi-driver": "v1.0.0-eksbuild.1"})


@pytest.mark.parametrize("stack", STACKS)
def test_the_stack_files_name_what_eks_offers(stack: str) -> None:
    cluster = parse(as_config(stack_file(stack)), stack).cluster
    assert cluster.version == SUPPORTED[-1]
    for name, version in (cluster.addons or {}).items():
        assert version in CATALOGUE[name].fitting(SUPPORTED[-1])


def test_extended_support_takes_what_standard_support_has_left() -> None:
    values = copy.deepcopy(VALID)
    put("cluster/version", "1.33")(values)
    put("cluster/support", "extended")(values)
    put("cluster/addons/kube-proxy", "v1.33.10-eksbuild.2")(values)
    put("database/version", "13.22")(values)
    put("database/support", "extended")(values)
    assert parse(as_config(values), FILE).cluster.version == "1.33"
