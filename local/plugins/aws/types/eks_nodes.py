"""EKS managed node groups."""

from __future__ import annotations

from typing import Any

from local.plugins.aws.calls import Create, Delete, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Replacement, Wait
from local.plugins.aws.rules import not_both
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.eks_tags import EKS_TAGS
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

_GROUP = {"clusterName": "{clusterName}", "nodegroupName": "{nodeGroupName}"}


def _set_labels_and_taints(scope: Scope, old: Properties, new: Properties) -> None:
    before, after = old.get("labels") or {}, new.get("labels") or {}
    changes: dict[str, Any] = {
        "addOrUpdateLabels": {k: v for k, v in after.items() if before.get(k) != v},
        "removeLabels": sorted(set(before) - set(after)),
    }
    parameters = {"labels": {name: value for name, value in changes.items() if value}}
    old_taints, new_taints = old.get("taints") or [], new.get("taints") or []
    taints = {
        "addOrUpdateTaints": [taint for taint in new_taints if taint not in old_taints],
        "removeTaints": [
            taint
            for taint in old_taints
            if not any(_same_taint(taint, other) for other in new_taints)
        ],
    }
    parameters["taints"] = {name: value for name, value in taints.items() if value}
    sent = {name: value for name, value in parameters.items() if value}
    scope.call("UpdateNodegroupConfig", **scope.render(_GROUP), **sent)


def _same_taint(one: Properties, other: Properties) -> bool:
    return (one["key"], one["effect"]) == (other["key"], other["effect"])


NODE_GROUP = Entry(
    type="aws:eks/nodeGroup:NodeGroup",
    service="eks",
    identity=Identity(
        id="{clusterName}:{nodeGroupName}", name=Name(property="nodeGroupName", longest=63)
    ),
    create=Create(operation="CreateNodegroup"),
    read=Read(operation="DescribeNodegroup", fixed=_GROUP, at="nodegroup"),
    updates=(
        Step(takes=frozenset({"labels", "taints"}), run=_set_labels_and_taints),
        Update(
            operation="UpdateNodegroupConfig",
            fixed=_GROUP,
            takes=frozenset({"nodeRepairConfig", "scalingConfig", "updateConfig"}),
        ),
        Update(
            operation="UpdateNodegroupVersion",
            fixed=_GROUP,
            takes=frozenset({"launchTemplate", "releaseVersion", "version"}),
        ),
    ),
    delete=Delete(operation="DeleteNodegroup", fixed=_GROUP),
    tags=EKS_TAGS,
    wait=Wait(
        at="status",
        done=frozenset({"ACTIVE"}),
        failed=frozenset({"CREATE_FAILED", "DEGRADED", "DELETE_FAILED"}),
    ),
    names={"subnetIds": "subnets", "nodeRoleArn": "nodeRole"},
    inputs=Inputs(
        computed=frozenset(
            {
                "amiType",
                "capacityType",
                "diskSize",
                "instanceTypes",
                "launchTemplate.name",
                "nodeRepairConfig",
                "releaseVersion",
                "updateConfig",
                "version",
            }
        ),
        flags=frozenset({"forceUpdateVersion"}),
        rules=(not_both("nodeGroupName", "nodeGroupNamePrefix"),),
    ),
    outputs=Outputs(values={"arn": "nodegroupArn"}),
    comparison=Comparison(sets=frozenset({"subnetIds", "taints"})),
    replacement=Replacement(by=frozenset({"launchTemplate.id", "launchTemplate.name"})),
)

ENTRIES = (NODE_GROUP,)
