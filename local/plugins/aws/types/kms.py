"""KMS keys and their aliases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.plugins.aws.calls import Call, Create, Delete, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Tagging
from local.plugins.aws.rules import between, not_both, starts_with
from local.plugins.aws.scope import Scope
from local.plugins.aws.session import AwsError
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties

_DEFAULT_WINDOW_DAYS = 30


def _set_rotation(scope: Scope, old: Properties, new: Properties) -> None:
    key = scope.state["id"]
    if not new.get("enableKeyRotation"):
        scope.call("DisableKeyRotation", KeyId=key)
        return
    days = new.get("rotationPeriodInDays")
    scope.call("EnableKeyRotation", KeyId=key, **({"RotationPeriodInDays": days} if days else {}))


def _set_enabled(scope: Scope, old: Properties, new: Properties) -> None:
    operation = "EnableKey" if new.get("isEnabled", True) else "DisableKey"
    scope.call(operation, KeyId=scope.state["id"])


def _release(scope: Scope) -> None:
    days = scope.state.get("deletionWindowInDays") or _DEFAULT_WINDOW_DAYS
    scope.call("ScheduleKeyDeletion", KeyId=scope.state["id"], PendingWindowInDays=days)


def _keys_of_same_name(scope: Scope) -> Iterator[str]:
    """The keys with the program's Name tag: KMS itself knows none but their ids."""
    name = scope.value("tags.Name")
    for key in scope.call("ListKeys")["Keys"]:
        try:
            tags = scope.call("ListResourceTags", KeyId=key["KeyId"])["Tags"]
        except AwsError as fault:
            if fault.not_found or fault.code.startswith("AccessDenied"):
                continue  # AWS's own keys show theirs to nobody
            raise
        if {"TagKey": "Name", "TagValue": name} in tags:
            yield key["KeyId"]


KEY = Entry(
    type="aws:kms/key:Key",
    service="kms",
    identity=Identity(id="KeyMetadata.KeyId", pending=_keys_of_same_name),
    create=Create(operation="CreateKey"),
    read=Read(
        operation="DescribeKey",
        fixed={"KeyId": "{id}"},
        at="[KeyMetadata] | [?KeyState != 'PendingDeletion'] | [0]",
    ),
    updates=(
        Update(
            operation="UpdateKeyDescription",
            fixed={"KeyId": "{id}"},
            takes=frozenset({"description"}),
        ),
        Update(
            operation="PutKeyPolicy",
            fixed={"KeyId": "{id}", "PolicyName": "default"},
            takes=frozenset({"policy"}),
        ),
        Step(
            takes=frozenset({"enableKeyRotation", "rotationPeriodInDays"}),
            run=_set_rotation,
            judge=Call(operation="EnableKeyRotation", takes=frozenset({"rotationPeriodInDays"})),
            after_create=True,
        ),
        Step(takes=frozenset({"isEnabled"}), run=_set_enabled, after_create=True),
    ),
    delete=_release,
    tags=Tagging(
        add="TagResource",
        remove="UntagResource",
        target={"KeyId": "{id}"},
        key="TagKey",
        value="TagValue",
        listing=Read(operation="ListResourceTags", fixed={"KeyId": "{id}"}, at="Tags"),
    ),
    names={"isEnabled": "Enabled", "customerMasterKeySpec": "CustomerMasterKeySpec"},
    inputs=Inputs(
        defaults={
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "enableKeyRotation": False,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        computed=frozenset({"description", "policy", "multiRegion", "rotationPeriodInDays"}),
        flags=frozenset({"bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"}),
        rules=(between("deletionWindowInDays", 7, 30),),
    ),
    outputs=Outputs(
        more=(
            Read(
                operation="GetKeyPolicy",
                fixed={"KeyId": "{id}", "PolicyName": "default"},
                into={"policy": "Policy"},
            ),
            Read(
                operation="GetKeyRotationStatus",
                fixed={"KeyId": "{id}"},
                into={
                    "enableKeyRotation": "KeyRotationEnabled",
                    "rotationPeriodInDays": "RotationPeriodInDays",
                },
            ),
        ),
    ),
    comparison=Comparison(documents=frozenset({"policy"})),
)


def _as_given(scope: Scope, found: Any, outputs: Properties) -> Properties:
    """KMS reports the key's id; a program that gave its ARN said the same."""
    given = scope.prior.get("targetKeyId") or ""
    key = found.get("TargetKeyId", "")
    arn = f"arn:{scope.session.partition}:kms:{scope.region}:{scope.value('account')}:key/{key}"
    return {"targetKeyArn": arn, "targetKeyId": given if given in (key, arn) else key}


ALIAS = Entry(
    type="aws:kms/alias:Alias",
    service="kms",
    identity=Identity(id="{name}", name=Name(longest=256, start="alias/")),
    create=Create(operation="CreateAlias"),
    read=Read(operation="ListAliases", at="Aliases[?AliasName == '{id}'] | [0]"),
    updates=(
        Update(
            operation="UpdateAlias",
            fixed={"AliasName": "{id}"},
            takes=frozenset({"targetKeyId"}),
        ),
    ),
    delete=Delete(operation="DeleteAlias", fixed={"AliasName": "{id}"}),
    names={"name": "AliasName"},
    inputs=Inputs(rules=(not_both("name", "namePrefix"), starts_with("name", "alias/"))),
    outputs=Outputs(
        values={"arn": "AliasArn"},
        volatile=frozenset({"targetKeyArn"}),
        refine=_as_given,
    ),
)

ENTRIES = (KEY, ALIAS)
