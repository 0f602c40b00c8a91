"""IAM roles and the policies on them."""

from __future__ import annotations

from local.aws.entry import Call, Entry, Name, Read, Tagging, Update
from local.aws.rules import not_both
from local.provider.comparison import Comparison

ROLE = Entry(
    type="aws:iam/role:Role",
    service="iam",
    create=Call(operation="CreateRole"),
    id="{name}",
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
        Update(
            operation="PutRolePermissionsBoundary",
            fixed={"RoleName": "{id}"},
            takes=frozenset({"permissionsBoundary"}),
        ),
    ),
    delete=Call(operation="DeleteRole", fixed={"RoleName": "{id}"}),
    tags=Tagging(
        add="TagRole",
        remove="UntagRole",
        target={"RoleName": "{id}"},
    ),
    name=Name(longest=64),
    names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    flags=frozenset({"forceDetachPolicies"}),
    comparison=Comparison(documents=frozenset({"assumeRolePolicy"})),
    identity=("name",),
    outputs={"uniqueId": "RoleId"},
    rules=(not_both("name", "namePrefix"),),
)

ENTRIES = (ROLE,)
