"""Secrets Manager secrets. Their values are no business of this plugin."""

from __future__ import annotations

from local.plugins.aws.calls import Create, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Tagging
from local.plugins.aws.rules import not_both, one_of
from local.plugins.aws.scope import Scope
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

_DEFAULT_WINDOW_DAYS = 30


def _set_policy(scope: Scope, old: Properties, new: Properties) -> None:
    if new.get("policy"):
        scope.call("PutResourcePolicy", SecretId=scope.state["id"], ResourcePolicy=new["policy"])
    else:
        scope.call("DeleteResourcePolicy", SecretId=scope.state["id"])


def _release(scope: Scope) -> None:
    days = scope.state.get("recoveryWindowInDays", _DEFAULT_WINDOW_DAYS)
    window = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    scope.call("DeleteSecret", SecretId=scope.state["id"], **window)


SECRET = Entry(
    type="aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    identity=Identity(
        id="ARN",
        name=Name(longest=512),
        pending=Read(operation="DescribeSecret", fixed={"SecretId": "{name}"}, at="ARN"),
    ),
    create=Create(operation="CreateSecret", leaves=frozenset({"type"})),
    read=Read(
        operation="DescribeSecret",
        fixed={"SecretId": "{id}"},
        at="[@] | [?!DeletedDate] | [0]",
    ),
    updates=(
        Update(
            operation="UpdateSecret",
            fixed={"SecretId": "{id}"},
            takes=frozenset({"description", "kmsKeyId"}),
        ),
        Step(takes=frozenset({"policy"}), run=_set_policy, after_create=True),
    ),
    delete=_release,
    tags=Tagging(add="TagResource", remove="UntagResource", target={"SecretId": "{id}"}),
    inputs=Inputs(
        defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
        computed=frozenset({"policy"}),
        flags=frozenset({"forceOverwriteReplicaSecret", "recoveryWindowInDays"}),
        rules=(not_both("name", "namePrefix"), one_of("recoveryWindowInDays", 0, *range(7, 31))),
    ),
    outputs=Outputs(
        more=(
            Read(
                operation="GetResourcePolicy",
                fixed={"SecretId": "{id}"},
                into={"policy": "ResourcePolicy"},
            ),
        ),
    ),
    comparison=Comparison(documents=frozenset({"policy"})),
)

ENTRIES = (SECRET,)
