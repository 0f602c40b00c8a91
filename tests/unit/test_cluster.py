"""The EKS cluster: access, encryption, nodes, add-ons, identities."""

from __future__ import annotations

import json
from ipaddress import IPv4Network

import pulumi
import pytest

from components.arguments import ArgumentError
from components.cluster import (
    AccessGrant,
    AccessPolicy,
    Architecture,
    Namespace,
    NamespaceArgs,
    NodePool,
    PodIdentity,
    PodIdentityArgs,
    WorkloadIdentity,
    WorkloadIdentityArgs,
)
from tests.unit.builders import ADDONS, ADMIN, KEY, cluster_args, record_cluster, record_in_cluster
from tests.unit.recording import record

JOE = "arn:aws:iam::123456789012:user/joe"
NO_NODE_YET = NodePool(instance_types=["t3.large"], min_size=0, max_size=3)


def test_the_control_plane_is_private_and_encrypted_and_grants_nothing_by_itself() -> None:
    cluster = record_cluster().only("eks/cluster:Cluster").inputs
    assert cluster["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    assert cluster["vpcConfig"] == {
        "subnetIds": ["subnet-1", "subnet-2"],
        "securityGroupIds": ["eks-api-id"],
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
    }
    assert cluster["encryptionConfig"] == {
        "provider": {"keyArn": "arn:aws:mock:::eks-control-plane-secrets-key"},
        "resources": ["secrets"],
    }
    assert cluster["bootstrapSelfManagedAddons"] is False
    assert cluster["deletionProtection"] is True
    assert cluster["upgradePolicy"] == {"supportType": "STANDARD"}
    assert cluster["enabledClusterLogTypes"] == [
        "api",
        "audit",
        "authenticator",
        "controllerManager",
        "scheduler",
    ]


def test_the_api_opens_to_named_networks_only() -> None:
    office = IPv4Network("203.0.113.0/24")
    vpc = (
        record_cluster(public_access_cidrs=[office]).only("eks/cluster:Cluster").inputs["vpcConfig"]
    )
    assert vpc["endpointPublicAccess"] is True
    assert vpc["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_private_networks_that_are_named_reach_the_api_before_anything_uses_it() -> None:
    recording = record_cluster(private_access_cidrs=[IPv4Network("10.9.0.0/16")])
    rule = recording.only(":SecurityGroupIngressRule")
    # Not EKS's own group, which the nodes have: port 443 of every pod would be open, too.
    group = recording.only(":SecurityGroup")
    assert rule.inputs["securityGroupId"] == f"{group.name}-id" != "sg-cluster"
    assert group.inputs["vpcId"] == "vpc-1"
    vpc = recording.only("eks/cluster:Cluster").inputs["vpcConfig"]
    assert vpc["securityGroupIds"] == [f"{group.name}-id"]
    assert (rule.inputs["cidrIpv4"], rule.inputs["fromPort"]) == ("10.9.0.0/16", 443)
    assert rule.urn in recording.only("pulumi:providers:kubernetes").dependencies


def test_cluster_and_nodes_have_the_time_that_they_take() -> None:
    """The provider would give up after half an hour; nodes are replaced one by one."""
    recording = record_cluster()
    cluster = recording.only("eks/cluster:Cluster")
    assert cluster.timeouts == {"create": "1h", "update": "3h", "delete": "1h"}
    group = recording.named("eks-nodes-general-group")
    assert group.timeouts == {"create": "1h", "update": "6h", "delete": "2h"}


def test_the_secrets_key_rotates() -> None:
    key = record_cluster().only("kms/key:Key").inputs
    assert key["enableKeyRotation"] is True
    assert key["deletionWindowInDays"] == 30


def test_the_log_group_is_ours_before_eks_makes_its_own() -> None:
    recording = record_cluster(log_retention_days=30)
    group = recording.only(":LogGroup")
    assert group.inputs["name"] == "/aws/eks/main/cluster"
    assert (group.inputs["retentionInDays"], group.inputs["kmsKeyId"]) == (30, KEY)
    assert group.urn in recording.only("eks/cluster:Cluster").dependencies


def test_access_is_what_the_grants_say() -> None:
    recording = record_cluster(
        access={
            **cluster_args().access,
            "joe": AccessGrant(
                principal_arn=JOE, policy=AccessPolicy.EDIT, namespaces=["web", "jobs"]
            ),
        }
    )
    assert {one.name for one in recording.of_type(":AccessEntry")} == {
        "eks-access-entry-platform",
        "eks-access-entry-joe",
    }
    policy = recording.named("eks-access-policy-joe").inputs
    assert policy["policyArn"] == "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
    assert policy["accessScope"] == {"type": "namespace", "namespaces": ["web", "jobs"]}
    assert recording.named("eks-access-policy-platform").inputs["accessScope"] == {
        "type": "cluster"
    }


def test_a_new_scope_cannot_take_access_away() -> None:
    """AWS has one association for a principal and a policy: to delete the old is to delete both."""
    recording = record_cluster()
    assert recording.named("eks-access-policy-platform").delete_before_replace
    assert not recording.named("eks-access-entry-platform").delete_before_replace


def test_addons_are_pinned_and_come_around_the_nodes() -> None:
    recording = record_cluster()
    versions = {
        one.inputs["addonName"]: one.inputs["addonVersion"] for one in recording.of_type(":Addon")
    }
    assert versions == ADDONS
    nodes = recording.named("eks-nodes-general-group")
    for early in ("vpc-cni", "eks-pod-identity-agent"):
        assert recording.named(f"eks-node-addons-{early}").urn in nodes.dependencies
    for late in ("coredns", "kube-proxy"):
        assert nodes.urn in recording.named(f"eks-addons-{late}").dependencies


def test_the_network_plugin_has_its_rights_from_pod_identity_not_from_the_nodes() -> None:
    recording = record_cluster()
    association = recording.named("eks-vpc-cni-association")
    assert association.inputs["serviceAccount"] == "aws-node"
    assert association.urn in recording.named("eks-node-addons-vpc-cni").dependencies
    attached = {
        one.inputs["policyArn"].rpartition("/")[2]
        for one in recording.of_type(":RolePolicyAttachment")
        if one.inputs["role"] == "eks-node-role"
    }
    assert attached == {"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"}


def test_nodes_are_hardened() -> None:
    recording = record_cluster()
    template = recording.only(":LaunchTemplate").inputs
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    (disk,) = template["blockDeviceMappings"]
    assert disk["ebs"] == {
        "volumeSize": 50,
        "volumeType": "gp3",
        "encrypted": "true",
        "deleteOnTermination": "true",
    }
    group = recording.named("eks-nodes-general-group").inputs
    assert group["amiType"] == "AL2023_x86_64_STANDARD"
    assert group["launchTemplate"] == {"id": "eks-nodes-general-template-id", "version": "1"}
    assert group["scalingConfig"] == {"minSize": 1, "desiredSize": 1, "maxSize": 3}


def test_node_pools_are_keyed_by_name() -> None:
    arm = NodePool(
        instance_types=["m8g.large"],
        min_size=0,
        desired_size=2,
        max_size=9,
        architecture=Architecture.ARM64,
        spot=True,
    )
    pools = {**cluster_args().node_pools, "arm": arm}
    before, after = record_cluster(), record_cluster(node_pools=pools)
    old = {one.urn: one.inputs for one in before.resources}
    new = {one.urn: one.inputs for one in after.resources}
    assert old.items() <= new.items()
    group = after.named("eks-nodes-arm-group").inputs
    assert group["amiType"] == "AL2023_ARM_64_STANDARD"
    assert group["capacityType"] == "SPOT"
    assert group["scalingConfig"]["desiredSize"] == 2


def test_the_provider_asks_aws_for_a_token_and_waits_until_the_cluster_is_usable() -> None:
    recording = record_cluster()
    provider = recording.only("pulumi:providers:kubernetes")
    config = json.loads(provider.inputs["kubeconfig"])
    run = config["users"][0]["user"]["exec"]
    assert [run["command"], *run["args"]] == [
        *("aws", "eks", "get-token", "--output", "json"),
        *("--cluster-name", "main", "--region", "eu-west-1"),
    ]
    assert config["clusters"][0]["cluster"] == {
        "server": "https://cluster.example",
        "certificate-authority-data": "Q0E=",
    }
    assert provider.inputs["clusterIdentifier"] == ("arn:aws:mock:::eks-control-plane-cluster")
    for name in ("eks-access-policy-platform", "eks-nodes-general-group", "eks-addons-coredns"):
        assert recording.named(name).urn in provider.dependencies


def test_a_pod_identity_serves_one_service_account() -> None:
    args = PodIdentityArgs(
        cluster_name="main",
        namespace="web",
        service_account="api",
        policy='{"Version": "2012-10-17", "Statement": []}',
    )
    recording = record(lambda: PodIdentity("api", args))
    trust = json.loads(recording.only(":Role").inputs["assumeRolePolicy"])
    assert trust["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {
                    "aws:RequestTag/kubernetes-namespace": "web",
                    "aws:RequestTag/kubernetes-service-account": "api",
                }
            },
        }
    ]
    association = recording.only(":PodIdentityAssociation")
    assert association.inputs["namespace"] == "web"
    assert recording.only(":RolePolicy").urn in association.dependencies


def test_a_workload_identity_is_complete_before_its_account_can_be_used() -> None:
    args = WorkloadIdentityArgs(
        cluster_name="main", namespace="web", service_account="api", policy="{}"
    )
    recording = record_in_cluster(lambda opts: WorkloadIdentity("api", args, opts))
    account = recording.only("core/v1:ServiceAccount")
    assert account.inputs["metadata"] == {"name": "api", "namespace": "web"}
    labels = recording.only("core/v1:Namespace").inputs["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert account.inputs["automountServiceAccountToken"] is False
    assert recording.only(":PodIdentityAssociation").urn in account.dependencies


def test_a_namespace_enforces_a_pod_security_standard() -> None:
    def build(opts: pulumi.ResourceOptions) -> Namespace:
        return Namespace("web", NamespaceArgs(name="web", labels={"team": "a"}), opts)

    assert record_in_cluster(build).only("core/v1:Namespace").inputs["metadata"] == {
        "name": "web",
        "labels": {
            "pod-security.kubernetes.io/enforce": "baseline",
            "pod-security.kubernetes.io/warn": "restricted",
            "team": "a",
        },
    }


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "-x"}, ["name"]),
        ({"version": "1.34.1"}, ["version"]),
        ({"service_cidr": IPv4Network("10.0.0.0/8")}, ["service_cidr"]),
        ({"service_cidr": IPv4Network("169.254.0.0/16")}, ["service_cidr"]),
        ({"service_cidr": IPv4Network("198.19.0.0/16")}, ["service_cidr"]),
        ({"private_access_cidrs": [IPv4Network("0.0.0.0/0")]}, ["private_access_cidrs[0]"]),
        ({"public_access_cidrs": [IPv4Network("0.0.0.0/0")]}, ["public_access_cidrs[0]"]),
        ({"public_access_cidrs": [IPv4Network("128.0.0.0/1")]}, ["public_access_cidrs[0]"]),
        ({"public_access_cidrs": [IPv4Network("10.1.0.0/16")]}, ["public_access_cidrs[0]"]),
        ({"public_access_cidrs": [IPv4Network("172.0.0.0/8")]}, ["public_access_cidrs[0]"]),
        ({"public_access_cidrs": [IPv4Network("100.64.0.1/32")]}, ["public_access_cidrs[0]"]),
        ({"public_access_cidrs": [IPv4Network("127.0.0.1/32")]}, ["public_access_cidrs[0]"]),
        ({"public_access_cidrs": [IPv4Network("169.254.0.0/24")]}, ["public_access_cidrs[0]"]),
        ({"access": {}}, ["access"]),
        ({"node_pools": {}}, ["node_pools"]),
        ({"node_pools": {"a": NO_NODE_YET, "b": NO_NODE_YET}}, ["node_pools"]),
        (
            {"node_pools": {"Big": NodePool(instance_types=["t3.large"], min_size=1, max_size=1)}},
            ["node_pools.Big"],
        ),
        ({"access": {"a": ADMIN, "b": ADMIN}}, ["access.b.principal_arn"]),
        ({"access": {"a" * 31: ADMIN}}, [f"access.{'a' * 31}"]),
        ({"addons": {"vpc-cni": "latest"}}, ["addons", "addons.vpc-cni"]),
        ({"log_retention_days": 2}, ["log_retention_days"]),
    ],
)
def test_refuses_what_cannot_work(changes: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(ArgumentError) as caught:
        cluster_args(**changes)
    assert [fault.field for fault in caught.value.faults] == fields


def test_one_pool_with_a_node_lets_the_others_wait() -> None:
    pools = {**cluster_args().node_pools, "later": NO_NODE_YET}
    assert cluster_args(node_pools=pools).node_pools["later"].size == 0


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (
            lambda: AccessGrant(principal_arn="joe", policy=AccessPolicy.VIEW),
            "principal_arn",
        ),
        (
            lambda: AccessGrant(
                principal_arn=JOE, policy=AccessPolicy.CLUSTER_ADMIN, namespaces=["a"]
            ),
            "namespaces",
        ),
        (
            lambda: AccessGrant(
                principal_arn=JOE, policy=AccessPolicy.EDIT, namespaces=["dev-*", "My_Namespace"]
            ),
            "namespaces[1]",
        ),
        (lambda: NodePool(instance_types=[], min_size=1, max_size=1), "instance_types"),
        (lambda: NodePool(instance_types=["t3.large"], min_size=3, max_size=2), "max_size"),
        (lambda: NodePool(instance_types=["t3.large"], min_size=0, max_size=0), "max_size"),
        (
            lambda: NodePool(instance_types=["t3.large"], min_size=1, max_size=1, disk_gib=8),
            "disk_gib",
        ),
        (lambda: NamespaceArgs(name="Web"), "name"),
        (lambda: NamespaceArgs(name="kube-system"), "name"),
        (
            lambda: PodIdentityArgs(cluster_name="c", namespace="n", service_account="s"),
            "policy",
        ),
    ],
)
def test_parts_refuse_what_cannot_work(build: object, field: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        build()  # pyright: ignore[reportCallIssue]
    assert [fault.field for fault in caught.value.faults] == [field]
