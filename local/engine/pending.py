"""The id that a resource has if its interrupted creation did succeed."""

from collections.abc import Callable, Mapping
from typing import Any

# Where the id is a property of the resource.
BY_PROPERTY = {
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:eks/cluster:Cluster": "name",
    "aws:iam/role:Role": "name",
    "aws:kms/alias:Alias": "name",
    "aws:rds/instance:Instance": "identifier",
    "aws:rds/parameterGroup:ParameterGroup": "name",
    "aws:rds/subnetGroup:SubnetGroup": "name",
}

# Where it is made of several.
COMPOSED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "aws:eks/accessEntry:AccessEntry": lambda p: f"{p['clusterName']}:{p['principalArn']}",
    "aws:eks/addon:Addon": lambda p: f"{p['clusterName']}:{p['addonName']}",
    "aws:eks/nodeGroup:NodeGroup": lambda p: f"{p['clusterName']}:{p['nodeGroupName']}",
    "aws:iam/rolePolicy:RolePolicy": lambda p: f"{p['role']}:{p['name']}",
}


def guess_id(resource: Mapping[str, Any]) -> str | None:
    """The id of a resource of the state, from its inputs; None if they do not decide it."""
    kind, inputs = resource["type"], resource.get("inputs") or {}
    try:
        if kind.startswith("kubernetes:helm.sh/"):
            return f"{inputs.get('namespace', 'default')}/{inputs['name']}"
        if kind.startswith("kubernetes:"):
            metadata = inputs["metadata"]
            namespace = metadata.get("namespace")
            return f"{namespace}/{metadata['name']}" if namespace else metadata["name"]
        if kind in BY_PROPERTY:
            return inputs[BY_PROPERTY[kind]]
        if kind in COMPOSED:
            return COMPOSED[kind](inputs)
    except KeyError:
        return None  # a name that the provider was to choose
    return None
