"""IAM roles and the policies on them."""

from __future__ import annotations

from local.plugins.aws.calls import Create, Delete, Read, Step, Update
from local.plugins.aws.entry import Entry, Identity, Inputs, Name, Outputs, Tagging
from local.plugins.aws.rules import not_both
from local.plugins.aws.scope import Scope
from local.plugins.framework.comparison import Comparison
from local.plugins.framework.plugin import Properties


def _set_boundary(scope: Scope, old: Properties, new: Properties) -> None:
    boundary = new.get("permissionsBoundary")
    role = scope.state["id"]
    if boundary:
        scope.call("PutRolePermissionsBoundary", RoleName=role, PermissionsBoundary=boundary)
    else:
        scope.call("DeleteRolePermissionsBoundary", RoleName=role)


def _release(scope: Scope) -> None:
    role = scope.state["id"]
    if scope.state.get("forceDetachPolicies"):
        attached = scope.call("ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]
        for policy in attached:
            scope.call("DetachRolePolicy", RoleName=role, PolicyArn=policy["PolicyArn"])
        for name in scope.call("ListRolePolicies", RoleName=role)["PolicyNames"]:
            scope.call("DeleteRolePolicy", RoleName=role, PolicyName=name)
    scope.call("DeleteRole", RoleName=role)


ROLE = Entry(
    type="aws:iam/role:Role",
    service="iam",
    identity=Identity(id="{name}", name=Name(longest=64)),
    create=Create(operation="CreateRole"),
    read=Read(operation="GetRole", fixed={"RoleName": "{id}"}, at="Role"),
    updates=(
        Update(
            operation="UpdateAssumeRolePolicy",
            fixed={"RoleName": "{id}"},
            takes=frozenset({"assumeRolePolicy"}),
            names={"assumeRolePolicy": "PolicyDocument"},
        ),
        Update(
            operation="UpdateRole",
            fixed={"RoleName": "{id}"},
            takes=frozenset({"description", "maxSessionDuration"}),
            whole=True,
        ),
        Step(takes=frozenset({"permissionsBoundary"}), run=_set_boundary),
    ),
    delete=_release,
    tags=Tagging(add="TagRole", remove="UntagRole", target={"RoleName": "{id}"}),
    names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    inputs=Inputs(
        defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
        flags=frozenset({"forceDetachPolicies"}),
        rules=(not_both("name", "namePrefix"),),
    ),
    outputs=Outputs(
        values={
            "uniqueId": "RoleId",
            "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
        },
    ),
    comparison=Comparison(documents=frozenset({"assumeRolePolicy"})),
)

_ROLE_POLICY = {"RoleName": "{role}", "PolicyName": "{name}"}

ROLE_POLICY = Entry(
    type="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    identity=Identity(id="{role}:{name}", name=Name(longest=128)),
    create=Create(operation="PutRolePolicy"),
    read=Read(operation="GetRolePolicy", fixed=_ROLE_POLICY),
    updates=(Update(operation="PutRolePolicy", fixed=_ROLE_POLICY, takes=frozenset({"policy"})),),
    delete=Delete(operation="DeleteRolePolicy", fixed=_ROLE_POLICY),
    names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
    inputs=Inputs(rules=(not_both("name", "namePrefix"),)),
    comparison=Comparison(documents=frozenset({"policy"})),
)

_ATTACHMENT = {"RoleName": "{role}", "PolicyArn": "{policyArn}"}

ROLE_POLICY_ATTACHMENT = Entry(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    identity=Identity(id="{role}/{policyArn}"),
    create=Create(operation="AttachRolePolicy"),
    read=Read(
        operation="ListAttachedRolePolicies",
        fixed={"RoleName": "{role}"},
        at="AttachedPolicies[?PolicyArn == '{policyArn}'] | [0]",
    ),
    delete=Delete(operation="DetachRolePolicy", fixed=_ATTACHMENT),
    names={"role": "RoleName"},
    outputs=Outputs(values={"role": "{role}"}),
)

ENTRIES = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT)
