"""Cases of IAM roles and their policies."""

from __future__ import annotations

import json

from tests.plugins.cases.case import Case
from tests.plugins.host import State
from tests.plugins.world import World, trust


def _policy(action: str, effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Action": [action], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _describe_role(world: World, state: State) -> None:
    world.client("iam").update_role(RoleName=state.id, MaxSessionDuration=7200)


ROLE = Case(
    type="aws:iam/role:Role",
    inputs=lambda world: {
        "name": f"role-{world.number()}",
        "assumeRolePolicy": trust("ec2.amazonaws.com"),
        "description": "a role",
        "permissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "tags": {"Name": "role"},
    },
    update=lambda world: {
        "assumeRolePolicy": json.loads(trust("eks.amazonaws.com")),
        "description": "another",
        "permissionsBoundary": None,
        "maxSessionDuration": 4000,
        "tags": {"Name": "renamed"},
    },
    replace={"path": "/teams/"},
    delete_first=True,
    drift=_describe_role,
    drifted="maxSessionDuration",
    rejected=(
        ({"assumeRolePolicy": None}, "assumeRolePolicy", "required"),
        ({"assumeRolePolicy": "{}"}, "assumeRolePolicy", "Statement"),
        ({"assumeRolePolicy": _policy("a", "Permit")}, "assumeRolePolicy", "Allow or Deny"),
        ({"maxSessionDuration": 60}, "maxSessionDuration", "3600"),
        ({"name": "no spaces"}, "name", "must match"),
        ({"inlinePolicies": []}, "inlinePolicies", "no API call"),
    ),
)


def _change_policy(world: World, state: State) -> None:
    world.client("iam").put_role_policy(
        RoleName=state["role"], PolicyName=state["name"], PolicyDocument=_policy("s3:*")
    )


ROLE_POLICY = Case(
    type="aws:iam/rolePolicy:RolePolicy",
    inputs=lambda world: {
        "role": world.role("ec2.amazonaws.com").id,
        "name": "policy",
        "policy": _policy("ec2:DescribeVpcs"),
    },
    update=lambda world: {"policy": _policy("ec2:DescribeSubnets")},
    replace={"role": "other", "name": "other"},
    delete_first=True,
    drift=_change_policy,
    drifted="policy",
    rejected=(
        ({"policy": "{"}, "policy", "JSON"),
        ({"name": "a/b"}, "name", "must match"),
        ({"role": None}, "role", "required"),
    ),
)

ROLE_POLICY_ATTACHMENT = Case(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    inputs=lambda world: {
        "role": world.role("ec2.amazonaws.com").id,
        "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    },
    update=None,
    replace={"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess", "role": "other"},
    drift=lambda world, state: world.client("iam").detach_role_policy(
        RoleName=state["role"], PolicyArn=state["policyArn"]
    ),
    drifted="",
    rejected=(
        ({"policyArn": "ReadOnlyAccess"}, "policyArn", "length"),
        ({"policyArn": "arnReadOnlyAccess-policy"}, "policyArn", "ARN"),
    ),
)

CASES = (
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
)
