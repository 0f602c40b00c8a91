"""VPC endpoints and flow logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.plugins.aws.calls import Create, Delete, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Outputs, Wait
from local.plugins.aws.rules import exactly_one
from local.plugins.aws.scope import Scope
from local.plugins.aws.types.ec2_tags import by_name_tag, ec2_tags
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

_MEMBERS = {
    "routeTableIds": "RouteTableIds",
    "subnetIds": "SubnetIds",
    "securityGroupIds": "SecurityGroupIds",
}


def _change_members(scope: Scope, old: Properties, new: Properties) -> None:
    changes: dict[str, Any] = {}
    for name, member in _MEMBERS.items():
        before, after = set(old.get(name) or []), set(new.get(name) or [])
        if after - before:
            changes[f"Add{member}"] = sorted(after - before)
        if before - after:
            changes[f"Remove{member}"] = sorted(before - after)
    if changes:
        scope.call("ModifyVpcEndpoint", VpcEndpointId=scope.state["id"], **changes)


VPC_ENDPOINT = Entry(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    identity=Identity(id="VpcEndpoint.VpcEndpointId", pending=by_name_tag("vpce-")),
    create=Create(operation="CreateVpcEndpoint"),
    read=Read(
        operation="DescribeVpcEndpoints",
        fixed={"VpcEndpointIds": ["{id}"]},
        at="VpcEndpoints[?State != 'deleted' && State != 'Deleted'] | [0]",
    ),
    updates=(
        Step(takes=frozenset(_MEMBERS), run=_change_members),
        Update(
            operation="ModifyVpcEndpoint",
            fixed={"VpcEndpointId": "{id}"},
            takes=frozenset({"policy", "privateDnsEnabled", "ipAddressType", "dnsOptions"}),
        ),
    ),
    delete=Delete(operation="DeleteVpcEndpoints", fixed={"VpcEndpointIds": ["{id}"]}),
    tags=ec2_tags("vpc-endpoint"),
    wait=Wait(
        at="State",
        done=frozenset({"available", "Available", "pendingAcceptance"}),
        failed=frozenset({"failed", "rejected"}),
    ),
    names={"policy": "PolicyDocument"},
    inputs=Inputs(
        defaults={"vpcEndpointType": "Gateway"},
        computed=frozenset(
            {
                "dnsOptions",
                "ipAddressType",
                "policy",
                "privateDnsEnabled",
                "routeTableIds",
                "securityGroupIds",
                "subnetConfigurations",
                "subnetIds",
            }
        ),
    ),
    outputs=Outputs(
        values={
            "arn": "arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}",
            "securityGroupIds": "Groups[].GroupId",
        },
    ),
    comparison=Comparison(sets=frozenset(_MEMBERS), documents=frozenset({"policy"})),
)

_WATCHED = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
    "regionalNatGatewayId": "RegionalNatGateway",
}


def _watched(inputs: Properties) -> Mapping[str, Any]:
    name = next(name for name in _WATCHED if inputs.get(name))
    return {"ResourceIds": [inputs[name]], "ResourceType": _WATCHED[name]}


def _name_watched(scope: Scope, found: Any, outputs: Properties) -> Properties:
    """EC2 reports one ResourceId, whose prefix says what it is."""
    resource = found["ResourceId"]
    prefixes = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId"}
    name = next((name for prefix, name in prefixes.items() if resource.startswith(prefix)), None)
    return {name: resource} if name else {}


FLOW_LOG = Entry(
    type="aws:ec2/flowLog:FlowLog",
    service="ec2",
    identity=Identity(id="FlowLogIds[0]", pending=by_name_tag("fl-")),
    create=Create(
        operation="CreateFlowLogs",
        prepare=_watched,
        # The watched object, which `_watched` sends.
        prepared=frozenset(_WATCHED),
    ),
    read=Read(operation="DescribeFlowLogs", fixed={"FlowLogIds": ["{id}"]}, at="FlowLogs[0]"),
    delete=Delete(operation="DeleteFlowLogs", fixed={"FlowLogIds": ["{id}"]}),
    tags=ec2_tags("vpc-flow-log"),
    names={"iamRoleArn": "DeliverLogsPermissionArn"},
    inputs=Inputs(
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        computed=frozenset({"logFormat", "logDestination"}),
        rules=(exactly_one(*_WATCHED),),
    ),
    outputs=Outputs(
        values={"arn": "arn:{partition}:ec2:{region}:{account}:vpc-flow-log/{id}"},
        refine=_name_watched,
    ),
)

ENTRIES = (VPC_ENDPOINT, FLOW_LOG)
