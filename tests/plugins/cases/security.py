"""Cases of security groups, IAM, KMS, log groups, secrets and launch templates."""

from __future__ import annotations

import json

from tests.plugins.cases.case import Case
from tests.plugins.cases.network import tag_behind
from tests.plugins.host import State
from tests.plugins.world import World, trust


def _policy(action: str, effect: str = "Allow") -> str:
    statement = {"Effect": effect, "Action": [action], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _open_group(world: World, state: State) -> None:
    world.client("ec2").authorize_security_group_ingress(
        GroupId=state.id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )


def _rule(**more: object) -> dict[str, object]:
    return {"protocol": "tcp", "fromPort": 443, "toPort": 443, **more}


SECURITY_GROUP = Case(
    type="aws:ec2/securityGroup:SecurityGroup",
    inputs=lambda world: {
        "vpcId": world.vpc,
        "name": f"group-{world.number()}",
        "description": "a group",
        "ingress": [
            _rule(cidrBlocks=["10.0.0.0/8", "192.168.0.0/16"], description="inside", self=True),
            _rule(protocol="-1", fromPort=0, toPort=0, securityGroups=[world.security_group()]),
        ],
        "egress": [
            {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},
        ],
        "tags": {"Name": "group"},
    },
    update=lambda world: {
        "ingress": [_rule(cidrBlocks=["192.168.0.0/16"])],
        "egress": [],
        "tags": {"Name": "renamed"},
    },
    replace={"description": "another", "vpcId": "vpc-1"},
    delete_first=True,
    drift=_open_group,
    drifted="ingress",
    rejected=(
        ({"ingress": [{"protocol": "tcp"}]}, "ingress[0].fromPort", "required"),
        ({"ingress": [_rule(cidrBlock="1.2.3.4/32")]}, "ingress[0].cidrBlock", "cidrBlocks"),
        ({"ingress": [_rule(cidrBlocks=["1.2.3.4"], toPort="x")]}, "ingress[0].toPort", "integer"),
        ({"ingress": [_rule(cidrBlocks=["1.2.3.4/8"])]}, "ingress[0].cidrBlocks[0]", "host bits"),
    ),
)

DEFAULT_SECURITY_GROUP = Case(
    type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    inputs=lambda world: {
        "vpcId": world.make("aws:ec2/vpc:Vpc", "default-group", {"cidrBlock": "10.9.0.0/16"}).id,
        "tags": {"Name": "closed"},
    },
    update=lambda world: {"tags": {"Name": "still closed"}},
    replace={"vpcId": "vpc-1"},
    drift=_open_group,
    drifted="ingress",
    outlives_delete=True,
    rejected=(({"name": "mine"}, "name", "unknown property"),),
)


def _rule_case(direction: str) -> Case:
    return Case(
        type=f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
        inputs=lambda world: {
            "securityGroupId": world.security_group(),
            "referencedSecurityGroupId": world.security_group(),
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "description": "PostgreSQL",
            "tags": {"Name": "rule"},
        },
        update=lambda world: {
            "referencedSecurityGroupId": None,
            "cidrIpv4": "10.0.0.0/8",
            "fromPort": 5000,
            "tags": {"Name": "renamed"},
        },
        replace={"securityGroupId": "sg-1"},
        drift=tag_behind,
        rejected=(
            ({"cidrIpv4": "10.0.0.0/8"}, "referencedSecurityGroupId", "exactly one"),
            ({"toPort": 70000}, "toPort", "65535"),
            ({"fromPort": 6000}, "toPort", "below fromPort"),
            ({"fromPort": None}, "fromPort", "needs fromPort"),
            ({"ipProtocol": None}, "ipProtocol", "required"),
        ),
    )


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


def _stop_rotation(world: World, state: State) -> None:
    world.client("kms").disable_key_rotation(KeyId=state.id)


KEY = Case(
    type="aws:kms/key:Key",
    inputs=lambda world: {
        "description": "a key",
        "enableKeyRotation": True,
        "deletionWindowInDays": 7,
        "tags": {"Name": "key"},
    },
    update=lambda world: {
        "description": "another",
        "rotationPeriodInDays": 100,
        "isEnabled": False,
        "policy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        ),
        "tags": {"Name": "renamed"},
    },
    replace={"keyUsage": "SIGN_VERIFY", "multiRegion": True},
    drift=_stop_rotation,
    drifted="enableKeyRotation",
    not_imported=frozenset({"deletionWindowInDays"}),
    rejected=(
        ({"keyUsage": "SIGN"}, "keyUsage", "SIGN_VERIFY"),
        ({"deletionWindowInDays": 3}, "deletionWindowInDays", "7 to 30"),
        ({"rotationPeriodInDays": 10}, "rotationPeriodInDays", "at least 90"),
        ({"description": "x" * 8193}, "description", "at most 8192"),
        ({"policy": "[]"}, "policy", "Statement"),
    ),
)


def _point_elsewhere(world: World, state: State) -> None:
    other = world.client("kms").create_key()["KeyMetadata"]["KeyId"]
    world.client("kms").update_alias(AliasName=state.id, TargetKeyId=other)


ALIAS = Case(
    type="aws:kms/alias:Alias",
    inputs=lambda world: {
        "name": f"alias/test-{world.number()}",
        "targetKeyId": world.keys[0]["keyId"],
    },
    update=lambda world: {"targetKeyId": world.keys[1]["arn"]},
    replace={"name": "alias/other"},
    delete_first=True,
    drift=_point_elsewhere,
    drifted="targetKeyId",
    rejected=(
        ({"name": "test"}, "name", "alias/"),
        ({"name": "alias/a b"}, "name", "must match"),
        ({"targetKeyId": None}, "targetKeyId", "required"),
    ),
)


def _shorten(world: World, state: State) -> None:
    world.client("logs").put_retention_policy(logGroupName=state.id, retentionInDays=1)


LOG_GROUP = Case(
    type="aws:cloudwatch/logGroup:LogGroup",
    inputs=lambda world: {
        "name": f"/test/{world.number()}",
        "retentionInDays": 30,
        "kmsKeyId": world.keys[0]["arn"],
        "tags": {"Name": "logs"},
    },
    update=lambda world: {
        "retentionInDays": 90,
        "kmsKeyId": world.keys[1]["arn"],
        "tags": {"Name": "renamed"},
    },
    replace={"name": "/test/other", "logGroupClass": "INFREQUENT_ACCESS"},
    delete_first=True,
    drift=_shorten,
    drifted="retentionInDays",
    rejected=(
        ({"retentionInDays": 31}, "retentionInDays", "must be one of"),
        ({"name": "no spaces"}, "name", "must match"),
        ({"logGroupClass": "CHEAP"}, "logGroupClass", "STANDARD"),
        ({"kmsKeyId": "k" * 257}, "kmsKeyId", "256"),
    ),
)


def _describe_secret(world: World, state: State) -> None:
    world.client("secretsmanager").update_secret(SecretId=state.id, Description="changed")


SECRET = Case(
    type="aws:secretsmanager/secret:Secret",
    inputs=lambda world: {
        "name": f"prod/app/{world.number()}",
        "description": "a secret",
        "kmsKeyId": world.keys[0]["arn"],
        "recoveryWindowInDays": 7,
        "tags": {"Name": "secret"},
    },
    update=lambda world: {
        "description": "another",
        "kmsKeyId": world.keys[1]["arn"],
        "recoveryWindowInDays": 0,
        "tags": {"Name": "renamed"},
    },
    replace={"name": "prod/other"},
    delete_first=True,
    drift=_describe_secret,
    drifted="description",
    not_imported=frozenset({"recoveryWindowInDays"}),
    rejected=(
        ({"recoveryWindowInDays": 3}, "recoveryWindowInDays", "must be one of"),
        ({"name": "x" * 513}, "name", "512"),
        ({"description": "x" * 2049}, "description", "2048"),
        ({"secretString": "x"}, "secretString", "unknown property"),
    ),
)


def _new_version(world: World, state: State) -> None:
    world.client("ec2").create_launch_template_version(
        LaunchTemplateId=state.id,
        LaunchTemplateData={"MetadataOptions": {"HttpTokens": "optional"}},
    )


_METADATA = {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}

LAUNCH_TEMPLATE = Case(
    type="aws:ec2/launchTemplate:LaunchTemplate",
    inputs=lambda world: {
        "name": f"template-{world.number()}",
        "updateDefaultVersion": True,
        "description": "first",
        "metadataOptions": _METADATA,
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "volumeSize": 20,
                    "volumeType": "gp3",
                    "encrypted": "true",
                    "deleteOnTermination": "true",
                },
            }
        ],
        "monitoring": {"enabled": True},
        "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": "node"}}],
        "vpcSecurityGroupIds": [world.security_group()],
        "tags": {"Name": "template"},
    },
    update=lambda world: {
        "description": "second",
        "metadataOptions": {**_METADATA, "httpPutResponseHopLimit": 2},
        "monitoring": None,
        "tags": {"Name": "renamed"},
    },
    replace={"name": "other"},
    delete_first=True,
    drift=_new_version,
    drifted="metadataOptions",
    not_imported=frozenset({"updateDefaultVersion"}),
    rejected=(
        (
            {"metadataOptions": {"httpTokens": "always"}},
            "metadataOptions.httpTokens",
            "optional, required",
        ),
        (
            {"blockDeviceMappings": [{"ebs": {"volumeType": "gp4"}}]},
            "blockDeviceMappings[0].ebs.volumeType",
            "gp3",
        ),
        (
            {"blockDeviceMappings": [{"ebs": {"encrypted": "yes"}}]},
            "blockDeviceMappings[0].ebs.encrypted",
            "true or false",
        ),
        ({"metadataOptions": {"hops": 1}}, "metadataOptions.hops", "unknown property"),
    ),
)

CASES = (
    SECURITY_GROUP,
    DEFAULT_SECURITY_GROUP,
    _rule_case("Ingress"),
    _rule_case("Egress"),
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    KEY,
    ALIAS,
    LOG_GROUP,
    SECRET,
    LAUNCH_TEMPLATE,
)
