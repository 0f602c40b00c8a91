"""EKS clusters: create, describe, list, delete."""

import base64
from typing import Any

from moto.moto_api._internal import mock_random

from local.endpoint.eks.access import add_creator_entry
from local.endpoint.eks.call import Call, Operation
from local.endpoint.eks.cluster_network import create_network, delete_network
from local.endpoint.eks.control_plane_logs import normalised_logging
from local.endpoint.eks.errors import in_use, invalid_parameter, invalid_request
from local.endpoint.eks.references import require_key, require_role
from local.endpoint.eks.store import Cluster
from local.endpoint.eks.versions import DEFAULT, SUPPORTED
from local.partitions import dns_suffix

# Kept as they were sent.
PLAIN_SETTINGS = (
    *("outpostConfig", "remoteNetworkConfig", "computeConfig", "storageConfig"),
    *("controlPlaneScalingConfig", "kubeApiServerConfig", "kubeSchedulerConfig"),
    *("kubeControllerManagerConfig", "clientRequestToken"),
)


def create_cluster(call: Call) -> dict[str, Any]:
    """CreateCluster; the cluster is ACTIVE at once."""
    name = call["name"]
    if name in call.store.clusters:
        raise in_use(f"Cluster already exists with name: {name}")
    version = call.get("version", DEFAULT)
    if version not in SUPPORTED:
        raise invalid_parameter(
            f"unsupported Kubernetes version {version}, is none of {', '.join(SUPPORTED)}"
        )
    require_role(call, call["roleArn"], trusted="eks.amazonaws.com")
    encryption = call.get("encryptionConfig", [])
    for item in encryption:
        require_key(call, item.get("provider", {}).get("keyArn", ""))
    issuer = mock_random.get_random_hex(32).upper()
    description = {
        **call.given(*PLAIN_SETTINGS),
        "name": name,
        "arn": call.arn(f"cluster/{name}"),
        "createdAt": call.now,
        "version": version,
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "health": {"issues": []},
        "endpoint": call.kubernetes.endpoint,
        "certificateAuthority": {
            "data": base64.b64encode(call.kubernetes.authority).decode(),
        },
        "identity": {
            "oidc": {
                "issuer": f"https://oidc.eks.{call.region}.{dns_suffix(call.region)}/id/{issuer}"
            }
        },
        "roleArn": call["roleArn"],
        "resourcesVpcConfig": create_network(call, name),
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": "172.20.0.0/16",
            "ipFamily": "ipv4",
            "elasticLoadBalancing": {"enabled": False},
            **call.get("kubernetesNetworkConfig", {}),
        },
        "logging": normalised_logging(call.get("logging", {})),
        "encryptionConfig": encryption,
        "accessConfig": {
            "bootstrapClusterCreatorAdminPermissions": True,
            "authenticationMode": "CONFIG_MAP",
            **call.get("accessConfig", {}),
        },
        "upgradePolicy": {"supportType": "EXTENDED", **call.get("upgradePolicy", {})},
        "zonalShiftConfig": {"enabled": False, **call.get("zonalShiftConfig", {})},
        "deletionProtection": call.get("deletionProtection", False),
        "tags": dict(call.get("tags", {})),
    }
    cluster = Cluster(description=description)
    call.store.clusters[name] = cluster
    add_creator_entry(call, cluster)
    return {"cluster": description}


def describe_cluster(call: Call) -> dict[str, Any]:
    """DescribeCluster."""
    return {"cluster": call.cluster().description}


def list_clusters(call: Call) -> dict[str, Any]:
    """ListClusters."""
    names, following = call.page(sorted(call.store.clusters))
    return {"clusters": names, "nextToken": following}


def delete_cluster(call: Call) -> dict[str, Any]:
    """DeleteCluster; refused while protected or while node groups are there."""
    cluster = call.cluster()
    if cluster.description["deletionProtection"]:
        raise invalid_request(
            f"Cannot delete cluster {cluster.name} because deletion protection is enabled"
        )
    if cluster.nodegroups:
        raise in_use(f"Cluster has nodegroups attached: {', '.join(cluster.nodegroups)}")
    del call.store.clusters[cluster.name]
    delete_network(call, cluster)
    return {"cluster": {**cluster.description, "status": "DELETING"}}


OPERATIONS: dict[str, Operation] = {
    "CreateCluster": create_cluster,
    "DescribeCluster": describe_cluster,
    "ListClusters": list_clusters,
    "DeleteCluster": delete_cluster,
}
