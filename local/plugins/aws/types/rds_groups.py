"""What an RDS instance is put into: a subnet group and a parameter group."""

from __future__ import annotations

from typing import Any

from local.plugins.aws.calls import Call, Create, Delete, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Tagging
from local.plugins.aws.rules import lower_case, not_both
from local.plugins.aws.scope import Scope
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

_AT_ONCE = "immediate"

RDS_TAGS = Tagging(
    add="AddTagsToResource",
    remove="RemoveTagsFromResource",
    target={"ResourceName": "{arn}"},
    listing=Read(operation="ListTagsForResource", fixed={"ResourceName": "{arn}"}, at="TagList"),
)

SUBNET_GROUP = Entry(
    type="aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    identity=Identity(id="{name}", name=Name(longest=255, lower=True)),
    create=Create(operation="CreateDBSubnetGroup"),
    read=Read(
        operation="DescribeDBSubnetGroups",
        fixed={"DBSubnetGroupName": "{id}"},
        at="DBSubnetGroups[0]",
    ),
    updates=(
        Update(
            operation="ModifyDBSubnetGroup",
            fixed={"DBSubnetGroupName": "{id}"},
            takes=frozenset({"description", "subnetIds"}),
            whole=True,
        ),
    ),
    delete=Delete(operation="DeleteDBSubnetGroup", fixed={"DBSubnetGroupName": "{id}"}),
    tags=RDS_TAGS,
    names={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
    inputs=Inputs(
        defaults={"description": "Managed by Pulumi"},
        rules=(not_both("name", "namePrefix"), lower_case("name")),
    ),
    outputs=Outputs(values={"arn": "DBSubnetGroupArn", "subnetIds": "Subnets[].SubnetIdentifier"}),
    comparison=Comparison(sets=frozenset({"subnetIds"})),
)


def _set_parameters(scope: Scope, old: Properties, new: Properties) -> None:
    before = {item["name"]: item for item in old.get("parameters") or []}
    after = {item["name"]: item for item in new.get("parameters") or []}
    group = scope.state["id"]
    changed = [_sent(item) for name, item in after.items() if before.get(name) != item]
    gone = [_sent(item) for name, item in before.items() if name not in after]
    for batch in _batches(changed):
        scope.call("ModifyDBParameterGroup", DBParameterGroupName=group, Parameters=batch)
    for batch in _batches(gone):
        scope.call("ResetDBParameterGroup", DBParameterGroupName=group, Parameters=batch)


def _sent(item: Properties) -> dict[str, str]:
    return {
        "ParameterName": item["name"],
        "ParameterValue": item["value"],
        "ApplyMethod": item.get("applyMethod") or _AT_ONCE,
    }


def _batches(items: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """RDS takes twenty parameters at a time."""
    return [items[start : start + 20] for start in range(0, len(items), 20)]


def _parameters(scope: Scope, found: Any, outputs: Properties) -> Properties:
    """The parameters that are not the family's."""
    group = scope.state["id"]
    live = scope.call("DescribeDBParameters", DBParameterGroupName=group, Source="user")
    parameters = [
        {
            "name": item["ParameterName"],
            "value": item["ParameterValue"],
            "applyMethod": item.get("ApplyMethod", _AT_ONCE),
        }
        for item in live["Parameters"]
        if item.get("ParameterValue") is not None
    ]
    return {"parameters": parameters or None}


def _complete(inputs: Properties) -> Properties:
    parameters = inputs.get("parameters")
    if not isinstance(parameters, list):
        return {}
    return {
        "parameters": [
            {"applyMethod": _AT_ONCE, **item} if isinstance(item, dict) else item
            for item in parameters
        ]
    }


def _release(scope: Scope) -> None:
    if not scope.state.get("skipDestroy"):
        scope.call("DeleteDBParameterGroup", DBParameterGroupName=scope.state["id"])


PARAMETER_GROUP = Entry(
    type="aws:rds/parameterGroup:ParameterGroup",
    service="rds",
    identity=Identity(id="{name}", name=Name(longest=255, lower=True)),
    create=Create(operation="CreateDBParameterGroup"),
    read=Read(
        operation="DescribeDBParameterGroups",
        fixed={"DBParameterGroupName": "{id}"},
        at="DBParameterGroups[0]",
    ),
    updates=(
        Step(
            takes=frozenset({"parameters"}),
            run=_set_parameters,
            judge=Call(
                operation="ModifyDBParameterGroup",
                takes=frozenset({"parameters"}),
                names={
                    "parameters.name": "ParameterName",
                    "parameters.value": "ParameterValue",
                },
            ),
            after_create=True,
        ),
    ),
    delete=_release,
    tags=RDS_TAGS,
    names={"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"},
    inputs=Inputs(
        defaults={"description": "Managed by Pulumi", "skipDestroy": False},
        complete=_complete,
        flags=frozenset({"skipDestroy"}),
        rules=(not_both("name", "namePrefix"), lower_case("name")),
    ),
    outputs=Outputs(
        values={"arn": "DBParameterGroupArn"},
        refine=_parameters,
    ),
    comparison=Comparison(sets=frozenset({"parameters"})),
)

ENTRIES = (SUBNET_GROUP, PARAMETER_GROUP)
