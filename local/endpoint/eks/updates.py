"""Changes to a running cluster, and the updates that EKS keeps a record of."""

from typing import Any

from local.endpoint.eks.call import Call, Operation, record_update
from local.endpoint.eks.cluster_network import check_subnets, merged_endpoint
from local.endpoint.eks.control_plane_logs import normalised_logging
from local.endpoint.eks.errors import invalid_parameter, invalid_request, not_found
from local.endpoint.eks.references import require_key, require_security_groups
from local.endpoint.eks.store import Cluster
from local.endpoint.eks.versions import SUPPORTED, minor

# The settings that UpdateClusterConfig can change, each with its kind of update.
KINDS = {
    "resourcesVpcConfig": "EndpointAccessUpdate",
    "logging": "LoggingUpdate",
    "accessConfig": "AccessConfigUpdate",
    "upgradePolicy": "UpgradePolicyUpdate",
    "zonalShiftConfig": "ZonalShiftConfigUpdate",
    "computeConfig": "AutoModeUpdate",
    "kubernetesNetworkConfig": "AutoModeUpdate",
    "storageConfig": "AutoModeUpdate",
    "remoteNetworkConfig": "RemoteNetworkConfigUpdate",
    "deletionProtection": "DeletionProtectionUpdate",
    "controlPlaneScalingConfig": "ControlPlaneScalingConfigUpdate",
    "kubeApiServerConfig": "ConfigUpdate",
    "kubeSchedulerConfig": "ConfigUpdate",
    "kubeControllerManagerConfig": "ConfigUpdate",
}


def update_cluster_config(call: Call) -> dict[str, Any]:
    """UpdateClusterConfig: one kind of setting at a time, as EKS has it."""
    cluster = call.cluster()
    changes = call.given(*KINDS)
    kinds = {KINDS[name] for name in changes}
    if not changes:
        raise invalid_parameter(f"Nothing to update: give one of {', '.join(KINDS)}")
    if len(kinds) > 1:
        raise invalid_parameter(
            f"Only one type of update can be allowed at a time, got {', '.join(changes)}"
        )
    before = {name: cluster.description.get(name) for name in changes}
    merged = {name: _merged(call, cluster, name, value) for name, value in changes.items()}
    if merged == before:
        raise invalid_parameter(f"No changes needed for {', '.join(changes)}")
    cluster.description.update(merged)
    parameters = {_parameter(name): value for name, value in changes.items()}
    return {"update": record_update(call, cluster, kinds.pop(), parameters)}


def update_cluster_version(call: Call) -> dict[str, Any]:
    """UpdateClusterVersion: one minor version up."""
    cluster, version = call.cluster(), call["version"]
    if version not in SUPPORTED:
        raise invalid_parameter(
            f"unsupported Kubernetes version {version}, is none of {', '.join(SUPPORTED)}"
        )
    step = minor(version) - minor(cluster.version)
    if step == 0:
        raise invalid_parameter(f"Cluster is already at the desired version {version}")
    if step != 1:
        raise invalid_parameter(
            f"Unsupported Kubernetes minor version update from {cluster.version} to {version}: "
            "only the next minor version is possible"
        )
    oldest = min(
        (group["version"] for group in cluster.nodegroups.values()),
        key=minor,
        default=cluster.version,
    )
    if minor(version) - minor(oldest) > 3:
        raise invalid_request(
            f"Nodes at version {oldest} would be too old for a control plane at {version}"
        )
    cluster.description["version"] = version
    update = record_update(call, cluster, "VersionUpdate", {"Version": version})
    return {"update": update}


def associate_encryption_config(call: Call) -> dict[str, Any]:
    """AssociateEncryptionConfig; once set it stays."""
    cluster, setting = call.cluster(), call["encryptionConfig"]
    if cluster.description["encryptionConfig"]:
        raise invalid_parameter("Encryption is already enabled for the cluster")
    for item in setting:
        require_key(call, item.get("provider", {}).get("keyArn", ""))
    cluster.description["encryptionConfig"] = setting
    parameters = {"EncryptionConfig": setting}
    return {"update": record_update(call, cluster, "AssociateEncryptionConfig", parameters)}


def describe_update(call: Call) -> dict[str, Any]:
    """DescribeUpdate."""
    cluster, identity = call.cluster(), call["updateId"]
    if identity not in cluster.updates:
        raise not_found(f"No update found for ID: {identity}")
    return {"update": cluster.updates[identity]}


def list_updates(call: Call) -> dict[str, Any]:
    """ListUpdates."""
    page, following = call.page(list(call.cluster().updates))
    return {"updateIds": page, "nextToken": following}


def _merged(call: Call, cluster: Cluster, name: str, change: Any) -> Any:
    current = cluster.description.get(name)
    if name == "logging":
        return normalised_logging(change, current)
    if name == "resourcesVpcConfig" and current is not None:
        if change.get("subnetIds"):
            check_subnets(call, current, change["subnetIds"])
        require_security_groups(call, change.get("securityGroupIds") or [])
        return merged_endpoint(current, change)
    if name == "accessConfig" and current is not None:
        _check_mode(current["authenticationMode"], change.get("authenticationMode"))
    if isinstance(change, dict) and isinstance(current, dict):
        return {**current, **change}
    return change


def _check_mode(current: str, wanted: str | None) -> None:
    order = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"]
    if wanted and order.index(wanted) < order.index(current):
        raise invalid_parameter(
            f"Unsupported authentication mode update from {current} to {wanted}"
        )


def _parameter(name: str) -> str:
    return name[0].upper() + name[1:]


OPERATIONS: dict[str, Operation] = {
    "UpdateClusterConfig": update_cluster_config,
    "UpdateClusterVersion": update_cluster_version,
    "AssociateEncryptionConfig": associate_encryption_config,
    "DescribeUpdate": describe_update,
    "ListUpdates": list_updates,
}
