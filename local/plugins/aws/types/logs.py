"""CloudWatch log groups."""

from __future__ import annotations

from typing import Any

from local.plugins.aws.calls import Call, Create, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Tagging
from local.plugins.aws.rules import not_both, one_of
from local.plugins.aws.scope import Scope
from local.plugins.framework.plugin import Properties

# CloudWatch takes no other numbers; 0 is the real provider's word for ever.
_DAYS = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557)
_YEARS = (2922, 3288, 3653)


def _set_retention(scope: Scope, old: Properties, new: Properties) -> None:
    days = new.get("retentionInDays")
    if days:
        scope.call("PutRetentionPolicy", logGroupName=scope.state["id"], retentionInDays=days)
    else:
        scope.call("DeleteRetentionPolicy", logGroupName=scope.state["id"])


def _set_key(scope: Scope, old: Properties, new: Properties) -> None:
    key = new.get("kmsKeyId")
    if key:
        scope.call("AssociateKmsKey", logGroupName=scope.state["id"], kmsKeyId=key)
    else:
        scope.call("DisassociateKmsKey", logGroupName=scope.state["id"])


def _release(scope: Scope) -> None:
    if not scope.state.get("skipDestroy"):
        scope.call("DeleteLogGroup", logGroupName=scope.state["id"])


def _for_ever(scope: Scope, found: Any, outputs: Properties) -> Properties:
    return {"retentionInDays": outputs.get("retentionInDays", 0)}


LOG_GROUP = Entry(
    type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    identity=Identity(id="{name}", name=Name(longest=512)),
    create=Create(operation="CreateLogGroup"),
    read=Read(
        operation="DescribeLogGroups",
        fixed={"logGroupNamePrefix": "{id}"},
        at="logGroups[?logGroupName == '{id}'] | [0]",
    ),
    updates=(
        Step(
            takes=frozenset({"retentionInDays"}),
            run=_set_retention,
            judge=Call(operation="PutRetentionPolicy", takes=frozenset({"retentionInDays"})),
            after_create=True,
        ),
        Step(
            takes=frozenset({"kmsKeyId"}),
            run=_set_key,
            judge=Call(operation="AssociateKmsKey", takes=frozenset({"kmsKeyId"})),
        ),
        Update(
            operation="PutLogGroupDeletionProtection",
            fixed={"logGroupIdentifier": "{id}"},
            takes=frozenset({"deletionProtectionEnabled"}),
        ),
    ),
    delete=_release,
    tags=Tagging(
        create="tags",
        create_form="map",
        add="TagResource",
        remove="UntagResource",
        target={"resourceArn": "{arn}"},
        form="map",
        member="tags",
        keys_member="tagKeys",
        listing=Read(operation="ListTagsForResource", fixed={"resourceArn": "{arn}"}, at="tags"),
    ),
    names={"name": "logGroupName"},
    inputs=Inputs(
        defaults={"retentionInDays": 0, "skipDestroy": False},
        computed=frozenset({"logGroupClass", "deletionProtectionEnabled"}),
        flags=frozenset({"skipDestroy"}),
        rules=(not_both("name", "namePrefix"), one_of("retentionInDays", *_DAYS, *_YEARS)),
    ),
    outputs=Outputs(
        values={"arn": "arn:{partition}:logs:{region}:{account}:log-group:{id}"},
        refine=_for_ever,
    ),
)

ENTRIES = (LOG_GROUP,)
