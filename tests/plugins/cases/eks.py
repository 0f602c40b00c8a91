"""Cases of EKS."""

from __future__ import annotations

from typing import Any

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World

_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
_VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def _tag_cluster_part(arn: str) -> Any:
    def tag(world: World, state: State) -> None:
        world.client("eks").tag_resource(resourceArn=state[arn], tags={"Owner": "somebody"})

    return tag


CLUSTER = Case(
    type="aws:eks/cluster:Cluster",
    inputs=lambda world: {
        "name": f"cluster-{world.number()}",
        "roleArn": world.cluster_role,
        "vpcConfig": {
            "subnetIds": world.subnets[:2],
            "endpointPrivateAccess": True,
            "endpointPublicAccess": False,
        },
        "accessConfig": {
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": False,
        },
        "bootstrapSelfManagedAddons": False,
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"},
        "encryptionConfig": {
            "resources": ["secrets"],
            "provider": {"keyArn": world.keys[0]["arn"]},
        },
        "enabledClusterLogTypes": ["audit", "api"],
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": True,
        "tags": {"Name": "cluster"},
    },
    update=lambda world: {
        "vpcConfig": {
            "subnetIds": world.subnets[:2],
            "endpointPrivateAccess": True,
            "endpointPublicAccess": True,
            "publicAccessCidrs": ["203.0.113.0/24"],
        },
        "enabledClusterLogTypes": ["authenticator"],
        "upgradePolicy": {"supportType": "EXTENDED"},
        "deletionProtection": False,
        "tags": {"Name": "renamed"},
    },
    replace={
        "name": "other",
        "roleArn": "arn:aws:iam::123456789012:role/other",
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": "10.100.0.0/16"},
    },
    delete_first=True,
    drift=_tag_cluster_part("arn"),
    not_imported=frozenset(
        {"accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"}
    ),
    rejected=(
        ({"name": "no spaces"}, "name", "must match"),
        ({"roleArn": None}, "roleArn", "required"),
        ({"vpcConfig": {}}, "vpcConfig.subnetIds", "required"),
        ({"vpcConfig": {"subnetIds": "subnet-1"}}, "vpcConfig.subnetIds", "array"),
        (
            {"vpcConfig": {"subnetIds": [], "publicAccessCidrs": ["1.2.3.4/8"]}},
            "vpcConfig.publicAccessCidrs[0]",
            "host bits",
        ),
        (
            {"accessConfig": {"authenticationMode": "NONE"}},
            "accessConfig.authenticationMode",
            "CONFIG_MAP",
        ),
        ({"upgradePolicy": {"supportType": "LONG"}}, "upgradePolicy.supportType", "EXTENDED"),
    ),
)

ADDON = Case(
    type="aws:eks/addon:Addon",
    inputs=lambda world: {
        "clusterName": world.cluster,
        "addonName": "vpc-cni",
        "resolveConflictsOnCreate": "OVERWRITE",
        "resolveConflictsOnUpdate": "OVERWRITE",
        "tags": {"Name": "cni"},
    },
    update=lambda world: {
        "configurationValues": '{"enableNetworkPolicy": "true"}',
        "tags": {"Name": "renamed"},
    },
    replace={"addonName": "coredns", "clusterName": "other"},
    drift=_tag_cluster_part("arn"),
    not_imported=frozenset({"resolveConflictsOnCreate", "resolveConflictsOnUpdate"}),
    rejected=(
        ({"clusterName": None}, "clusterName", "required"),
        ({"resolveConflictsOnCreate": "MAYBE"}, "resolveConflictsOnCreate", "OVERWRITE"),
        ({"resolveConflictsOnUpdate": "MAYBE"}, "resolveConflictsOnUpdate", "PRESERVE"),
        ({"podIdentityAssociations": [{}]}, "podIdentityAssociations[0].roleArn", "required"),
    ),
)


def _rescale(world: World, state: State) -> None:
    world.client("eks").update_nodegroup_config(
        clusterName=state["clusterName"],
        nodegroupName=state["nodeGroupName"],
        scalingConfig={"minSize": 0, "maxSize": 9, "desiredSize": 1},
    )


NODE_GROUP = Case(
    type="aws:eks/nodeGroup:NodeGroup",
    inputs=lambda world: {
        "clusterName": world.cluster,
        "nodeGroupName": f"nodes-{world.number()}",
        "nodeRoleArn": world.node_role,
        "subnetIds": world.subnets[:2],
        "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2},
        "instanceTypes": ["m7g.large"],
        "amiType": "AL2023_ARM_64_STANDARD",
        "capacityType": "SPOT",
        "launchTemplate": {"id": world.launch_template.id, "version": "1"},
        "labels": {"pool": "general", "gone": "later"},
        "taints": [{"key": "dedicated", "value": "x", "effect": "NO_SCHEDULE"}],
        "updateConfig": {"maxUnavailable": 1},
        "nodeRepairConfig": {"enabled": True},
        "tags": {"Name": "nodes"},
    },
    update=lambda world: {
        "scalingConfig": {"minSize": 2, "maxSize": 5, "desiredSize": 3},
        "labels": {"pool": "special"},
        "taints": [{"key": "dedicated", "value": "y", "effect": "NO_SCHEDULE"}],
        "updateConfig": {"maxUnavailable": 2},
        "tags": {"Name": "renamed"},
    },
    replace={
        "instanceTypes": ["m7g.xlarge"],
        "capacityType": "ON_DEMAND",
        "nodeGroupName": "other",
    },
    delete_first=True,
    drift=_rescale,
    drifted="scalingConfig",
    rejected=(
        ({"amiType": "DEBIAN"}, "amiType", "AL2023_ARM_64_STANDARD"),
        (
            {"scalingConfig": {"minSize": -1, "maxSize": 1, "desiredSize": 1}},
            "scalingConfig.minSize",
            "at least 0",
        ),
        ({"scalingConfig": {"minSize": 1}}, "scalingConfig.maxSize", "required"),
        ({"taints": [{"key": "a", "effect": "NoSchedule"}]}, "taints[0].effect", "NO_SCHEDULE"),
        ({"labels": {"pool": 1}}, "labels.pool", "string"),
    ),
)


def _regroup(world: World, state: State) -> None:
    world.client("eks").update_access_entry(
        clusterName=state["clusterName"],
        principalArn=state["principalArn"],
        kubernetesGroups=["intruders"],
    )


ACCESS_ENTRY = Case(
    type="aws:eks/accessEntry:AccessEntry",
    inputs=lambda world: {
        "clusterName": world.cluster,
        "principalArn": world.role("ec2.amazonaws.com")["arn"],
        "kubernetesGroups": ["readers", "writers"],
        "tags": {"Name": "entry"},
    },
    update=lambda world: {"kubernetesGroups": ["writers"], "tags": {"Name": "renamed"}},
    replace={"principalArn": "arn:aws:iam::123456789012:role/other", "clusterName": "other"},
    drift=_regroup,
    drifted="kubernetesGroups",
    rejected=(
        ({"principalArn": "role/other"}, "principalArn", "ARN"),
        ({"kubernetesGroups": "readers"}, "kubernetesGroups", "array"),
    ),
)


def _revoke(world: World, state: State) -> None:
    world.client("eks").disassociate_access_policy(
        clusterName=state["clusterName"],
        principalArn=state["principalArn"],
        policyArn=state["policyArn"],
    )


ACCESS_POLICY_ASSOCIATION = Case(
    type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    inputs=lambda world: {
        "clusterName": world.cluster,
        "principalArn": world.access_entry(),
        "policyArn": _ADMIN,
        "accessScope": {"type": "namespace", "namespaces": ["web", "api"]},
    },
    update=None,
    replace={"policyArn": _VIEW, "accessScope": {"type": "cluster"}},
    drift=_revoke,
    drifted="",
    rejected=(
        ({"accessScope": {"type": "planet"}}, "accessScope.type", "cluster, namespace"),
        ({"accessScope": {}}, "accessScope.type", "required"),
        ({"accessScope": {"kind": "cluster"}}, "accessScope.kind", "unknown property"),
    ),
)

POD_IDENTITY_ASSOCIATION = Case(
    type="aws:eks/podIdentityAssociation:PodIdentityAssociation",
    inputs=lambda world: {
        "clusterName": world.cluster,
        "namespace": "external-secrets",
        "serviceAccount": "external-secrets",
        "roleArn": world.pod_role(),
        "tags": {"Name": "association"},
    },
    update=lambda world: {"roleArn": world.pod_role(), "tags": {"Name": "renamed"}},
    replace={"namespace": "other", "serviceAccount": "other"},
    drift=_tag_cluster_part("associationArn"),
    import_id=lambda state: f"{state['clusterName']},{state['associationId']}",
    rejected=(
        ({"roleArn": None}, "roleArn", "required"),
        ({"roleArn": "role/x"}, "roleArn", "ARN"),
    ),
)

CASES = (
    CLUSTER,
    ADDON,
    NODE_GROUP,
    ACCESS_ENTRY,
    ACCESS_POLICY_ASSOCIATION,
    POD_IDENTITY_ASSOCIATION,
)
