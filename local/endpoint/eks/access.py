"""Access entries: which IAM principals may enter a cluster, and as whom."""

from typing import Any

from local.endpoint.eks.access_policies import CLUSTER_ADMIN, policy_arn
from local.endpoint.eks.call import Call, Operation, new_uuid
from local.endpoint.eks.errors import in_use, invalid_parameter, invalid_request
from local.endpoint.eks.references import require_principal
from local.endpoint.eks.store import AccessEntry, Cluster, Description

NODE_GROUPS = ["system:nodes"]
NODE_USERNAME = "system:node:{{EC2PrivateDNSName}}"
# The groups and the user name that EKS gives to entries that are no people's.
NODE_TYPES: dict[str, tuple[list[str], str]] = {
    "EC2_LINUX": (NODE_GROUPS, NODE_USERNAME),
    "EC2_WINDOWS": ([*NODE_GROUPS, "eks:kube-proxy-windows"], NODE_USERNAME),
    "FARGATE_LINUX": (
        ["system:bootstrappers", "system:nodes", "system:node-proxier"],
        "system:node:{{SessionName}}",
    ),
    "EC2": (NODE_GROUPS, NODE_USERNAME),
    "HYBRID_LINUX": (NODE_GROUPS, "system:node:{{SessionName}}"),
    "HYPERPOD_LINUX": (NODE_GROUPS, "system:node:{{SessionName}}"),
}
RESERVED_PREFIXES = ("amazon:", "aws:", "eks:", "iam:", "system:")


def create_access_entry(call: Call) -> dict[str, Any]:
    """CreateAccessEntry."""
    cluster = _cluster_with_entries(call)
    principal = call["principalArn"]
    if principal in cluster.entries:
        raise in_use(
            "The specified access entry resource is already in use on this cluster: " + principal
        )
    require_principal(call, principal)
    kind = call.get("type", "STANDARD")
    groups, username = call.get("kubernetesGroups", []), call.get("username")
    if kind in NODE_TYPES:
        if groups or username:
            raise invalid_parameter(
                f"kubernetesGroups and username cannot be given for an entry of type {kind}"
            )
        groups, username = NODE_TYPES[kind]
    elif kind != "STANDARD":
        raise invalid_parameter(f"type {kind} is none of STANDARD, {', '.join(NODE_TYPES)}")
    else:
        _check_identity(groups, username)
    entry = _new_entry(call, cluster, principal, kind=kind, groups=groups, username=username)
    entry["tags"] = dict(call.get("tags", {}))
    return {"accessEntry": entry}


def describe_access_entry(call: Call) -> dict[str, Any]:
    """DescribeAccessEntry."""
    return {"accessEntry": call.cluster().entry(call["principalArn"]).description}


def update_access_entry(call: Call) -> dict[str, Any]:
    """UpdateAccessEntry: groups and user name of a STANDARD entry."""
    entry = _cluster_with_entries(call).entry(call["principalArn"]).description
    if entry["type"] != "STANDARD":
        raise invalid_request(f"An entry of type {entry['type']} cannot be changed")
    change = call.given("kubernetesGroups", "username")
    _check_identity(change.get("kubernetesGroups", []), change.get("username"))
    entry.update({**change, "modifiedAt": call.now})
    return {"accessEntry": entry}


def list_access_entries(call: Call) -> dict[str, Any]:
    """ListAccessEntries, all or those with an associated policy."""
    policy = call.get("associatedPolicyArn")
    arns = [
        arn
        for arn, entry in sorted(call.cluster().entries.items())
        if policy is None or policy in entry.policies
    ]
    page, following = call.page(arns)
    return {"accessEntries": page, "nextToken": following}


def delete_access_entry(call: Call) -> dict[str, Any]:
    """DeleteAccessEntry; its policy associations go with it."""
    cluster = _cluster_with_entries(call)
    cluster.entry(call["principalArn"])
    del cluster.entries[call["principalArn"]]
    return {}


def add_creator_entry(call: Call, cluster: Cluster) -> None:
    """Makes the creator of a cluster its administrator, if the cluster asks for that."""
    setting = cluster.description["accessConfig"]
    if not setting["bootstrapClusterCreatorAdminPermissions"]:
        return
    principal = principal_of_caller(call)
    _new_entry(call, cluster, principal, kind="STANDARD", groups=[], username=None)
    arn = policy_arn(call.partition, CLUSTER_ADMIN)
    cluster.entries[principal].policies[arn] = {
        "policyArn": arn,
        "accessScope": {"type": "cluster", "namespaces": []},
        "associatedAt": call.now,
        "modifiedAt": call.now,
    }


def add_node_entry(call: Call, cluster: Cluster, role_arn: str) -> None:
    """Admits the nodes of a managed node group, as EKS does by itself."""
    mode = cluster.description["accessConfig"]["authenticationMode"]
    if mode != "CONFIG_MAP" and role_arn not in cluster.entries:
        groups, username = NODE_TYPES["EC2_LINUX"]
        _new_entry(call, cluster, role_arn, kind="EC2_LINUX", groups=groups, username=username)


def principal_of_caller(call: Call) -> str:
    """The IAM ARN of who asks: a user, or the role that a session assumed."""
    from moto.iam.models import iam_backends

    parts = call.caller_arn.split(":")
    if parts[2] == "sts" and parts[5].startswith("assumed-role/"):
        name = parts[5].split("/")[1]
        roles = iam_backends[call.account_id][call.partition].get_roles()
        return next((role.arn for role in roles if role.name == name), call.caller_arn)
    return call.caller_arn


def _cluster_with_entries(call: Call) -> Cluster:
    cluster = call.cluster()
    if cluster.description["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
        raise invalid_request(
            "The cluster's authentication mode must be set to one of [API, "
            "API_AND_CONFIG_MAP] to perform this operation."
        )
    return cluster


def _check_identity(groups: list[str], username: str | None) -> None:
    for group in groups:
        if group.startswith(RESERVED_PREFIXES):
            raise invalid_parameter(
                f"The kubernetes group name {group} is invalid, it cannot start with one of "
                f"{', '.join(RESERVED_PREFIXES)}"
            )
    if username and username.startswith(RESERVED_PREFIXES):
        raise invalid_parameter(
            f"The username {username} is invalid, it cannot start with one of "
            f"{', '.join(RESERVED_PREFIXES)}"
        )


def _new_entry(
    call: Call,
    cluster: Cluster,
    principal: str,
    *,
    kind: str,
    groups: list[str],
    username: str | None,
) -> Description:
    resource = principal.split(":", 5)[5]
    category, name = resource.split("/", 1)[0], resource.rpartition("/")[2]
    path = f"access-entry/{cluster.name}/{category}/{call.account_id}/{name}/{new_uuid()}"
    entry = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "kubernetesGroups": list(groups),
        "accessEntryArn": call.arn(path),
        "createdAt": call.now,
        "modifiedAt": call.now,
        "tags": {},
        "username": username or default_username(principal),
        "type": kind,
    }
    cluster.entries[principal] = AccessEntry(description=entry)
    return entry


def default_username(principal: str) -> str:
    """The Kubernetes user name that EKS gives an IAM principal by itself."""
    _, partition, _, _, account, resource = principal.split(":", 5)
    if resource.startswith("role/"):
        role = resource.rpartition("/")[2]
        return f"arn:{partition}:sts::{account}:assumed-role/{role}/{{{{SessionName}}}}"
    return principal


OPERATIONS: dict[str, Operation] = {
    "CreateAccessEntry": create_access_entry,
    "DescribeAccessEntry": describe_access_entry,
    "UpdateAccessEntry": update_access_entry,
    "ListAccessEntries": list_access_entries,
    "DeleteAccessEntry": delete_access_entry,
}
