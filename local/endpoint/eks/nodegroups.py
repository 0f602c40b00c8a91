"""Managed node groups. No machine is started: the group is described as if it ran."""

from typing import Any

from local.endpoint.eks.access import add_node_entry
from local.endpoint.eks.call import Call, Operation, new_uuid, record_update
from local.endpoint.eks.errors import in_use, invalid_parameter
from local.endpoint.eks.instance_types import check_instance_types
from local.endpoint.eks.launch_templates import resolved_template
from local.endpoint.eks.references import require_role, require_subnets
from local.endpoint.eks.store import Description
from local.endpoint.eks.versions import SUPPORTED, minor
from local.partitions import dns_suffix

RELEASE_DATE = "20261101"


def _ec2_suffix(region: str) -> str:
    """How EC2's principal ends: in the Sovereign Cloud as everywhere, in China as its endpoints."""
    suffix = dns_suffix(region)
    return "amazonaws.com" if region.startswith("eusc-") else suffix


def create_nodegroup(call: Call) -> dict[str, Any]:
    """CreateNodegroup; the group is ACTIVE at once."""
    cluster, name = call.cluster(), call["nodegroupName"]
    if name in cluster.nodegroups:
        raise in_use(f"NodeGroup already exists with name {name} and cluster name {cluster.name}")
    require_role(call, call["nodeRole"], trusted=f"ec2.{_ec2_suffix(call.region)}")
    require_subnets(call, call["subnets"])
    version = call.get("version", cluster.version)
    _check_version(version, cluster.version)
    identity = new_uuid()
    group: Description = {
        "nodegroupName": name,
        "nodegroupArn": call.arn(f"nodegroup/{cluster.name}/{name}/{identity}"),
        "clusterName": cluster.name,
        "version": version,
        "releaseVersion": call.get("releaseVersion", f"{version}.0-{RELEASE_DATE}"),
        "createdAt": call.now,
        "modifiedAt": call.now,
        "status": "ACTIVE",
        "capacityType": call.get("capacityType", "ON_DEMAND"),
        "scalingConfig": _checked_scaling(
            {"minSize": 1, "maxSize": 2, "desiredSize": 2}, call.get("scalingConfig", {})
        ),
        "subnets": call["subnets"],
        "nodeRole": call["nodeRole"],
        "labels": dict(call.get("labels", {})),
        "taints": list(call.get("taints", [])),
        "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{identity}"}]},
        "health": {"issues": []},
        "updateConfig": call.get("updateConfig", {"maxUnavailable": 1}),
        **call.given("nodeRepairConfig", "remoteAccess", "warmPoolConfig"),
        **_machine(call),
        "tags": dict(call.get("tags", {})),
    }
    cluster.nodegroups[name] = group
    add_node_entry(call, cluster, call["nodeRole"])
    return {"nodegroup": group}


def describe_nodegroup(call: Call) -> dict[str, Any]:
    """DescribeNodegroup."""
    return {"nodegroup": call.cluster().nodegroup(call["nodegroupName"])}


def list_nodegroups(call: Call) -> dict[str, Any]:
    """ListNodegroups."""
    page, following = call.page(sorted(call.cluster().nodegroups))
    return {"nodegroups": page, "nextToken": following}


def delete_nodegroup(call: Call) -> dict[str, Any]:
    """DeleteNodegroup."""
    cluster = call.cluster()
    group = cluster.nodegroup(call["nodegroupName"])
    del cluster.nodegroups[group["nodegroupName"]]
    return {"nodegroup": {**group, "status": "DELETING"}}


def update_nodegroup_config(call: Call) -> dict[str, Any]:
    """UpdateNodegroupConfig: sizes, labels, taints, update and repair settings."""
    cluster = call.cluster()
    group = cluster.nodegroup(call["nodegroupName"])
    group["scalingConfig"] = _checked_scaling(group["scalingConfig"], call.get("scalingConfig", {}))
    labels = call.get("labels", {})
    group["labels"].update(labels.get("addOrUpdateLabels") or {})
    for key in labels.get("removeLabels") or []:
        group["labels"].pop(key, None)
    group["taints"] = _changed_taints(group["taints"], call.get("taints", {}))
    group.update(call.given("updateConfig", "nodeRepairConfig", "warmPoolConfig"))
    group["modifiedAt"] = call.now
    given = call.given("scalingConfig", "labels", "taints", "updateConfig", "nodeRepairConfig")
    return {"update": record_update(call, cluster, "ConfigUpdate", given)}


def update_nodegroup_version(call: Call) -> dict[str, Any]:
    """UpdateNodegroupVersion: Kubernetes version, release or launch template version."""
    cluster = call.cluster()
    group = cluster.nodegroup(call["nodegroupName"])
    template = call.get("launchTemplate")
    if template:
        if "launchTemplate" not in group:
            raise invalid_parameter(
                f"NodeGroup {group['nodegroupName']} was created without a launch template"
            )
        resolved = resolved_template(call, template)
        if resolved["id"] != group["launchTemplate"]["id"]:
            raise invalid_parameter("A node group cannot change to another launch template")
        group["launchTemplate"] = resolved
    version = call.get("version", group["version"] if template else cluster.version)
    _check_version(version, cluster.version)
    group["version"] = version
    group["releaseVersion"] = call.get("releaseVersion", f"{version}.0-{RELEASE_DATE}")
    group["modifiedAt"] = call.now
    parameters = {"Version": version, "ReleaseVersion": group["releaseVersion"]}
    return {"update": record_update(call, cluster, "VersionUpdate", parameters)}


def _machine(call: Call) -> dict[str, Any]:
    template = call.get("launchTemplate")
    machine: dict[str, Any] = {"amiType": call.get("amiType", "AL2023_x86_64_STANDARD")}
    check_instance_types(call.get("instanceTypes", []), machine["amiType"])
    if not template:
        return {
            **machine,
            "instanceTypes": call.get("instanceTypes", ["t3.medium"]),
            "diskSize": call.get("diskSize", 20),
        }
    for argument, what in (("diskSize", "Disk size"), ("remoteAccess", "Remote access")):
        if call.get(argument) is not None:
            raise invalid_parameter(f"{what} must be specified within the launch template.")
    resolved = resolved_template(call, template)
    return {**machine, **call.given("instanceTypes"), "launchTemplate": resolved}


def _check_version(version: str, cluster_version: str) -> None:
    if version not in SUPPORTED:
        raise invalid_parameter(
            f"Requested Nodegroup version {version} is none of {', '.join(SUPPORTED)}"
        )
    if minor(version) > minor(cluster_version):
        raise invalid_parameter(
            f"Requested Nodegroup version {version} is newer than the cluster's {cluster_version}"
        )


def _checked_scaling(current: dict[str, int], change: dict[str, int]) -> dict[str, int]:
    scaling = {**current, **change}
    low, wanted, high = (scaling[name] for name in ("minSize", "desiredSize", "maxSize"))
    if low > high:
        raise invalid_parameter(f"Minimum capacity {low} can't be greater than maximum {high}")
    if not low <= wanted <= high:
        raise invalid_parameter(f"desired capacity {wanted} must be within {low} and {high}")
    return scaling


def _changed_taints(
    taints: list[dict[str, str]], change: dict[str, list[dict[str, str]]]
) -> list[dict[str, str]]:
    def identity(taint: dict[str, str]) -> tuple[str | None, str | None]:
        return taint.get("key"), taint.get("effect")

    added = change.get("addOrUpdateTaints") or []
    gone = {identity(taint) for taint in [*added, *(change.get("removeTaints") or [])]}
    return [taint for taint in taints if identity(taint) not in gone] + added


OPERATIONS: dict[str, Operation] = {
    "CreateNodegroup": create_nodegroup,
    "DescribeNodegroup": describe_nodegroup,
    "ListNodegroups": list_nodegroups,
    "DeleteNodegroup": delete_nodegroup,
    "UpdateNodegroupConfig": update_nodegroup_config,
    "UpdateNodegroupVersion": update_nodegroup_version,
}
