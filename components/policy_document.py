"""IAM policy documents that several components write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pulumi import Input, Output

from components.account import AwsAccount
from components.partition import via_service

VERSION = "2012-10-17"


def document(*statements: Mapping[str, object]) -> str:
    """A policy document of the given statements, as JSON."""
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def output_document(*statements: Mapping[str, object]) -> Output[str]:
    """A policy document whose statements name other resources' outputs, as JSON."""
    return Output.json_dumps({"Version": VERSION, "Statement": list(statements)})


def trust(
    principal: str,
    actions: Sequence[str] = ("sts:AssumeRole",),
    condition: Mapping[str, object] | None = None,
) -> str:
    """A trust policy that lets an AWS service (`principal`) assume the role, under `condition`."""
    statement: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Service": principal},
        "Action": list(actions),
    }
    if condition:
        statement["Condition"] = condition
    return document(statement)


def read_secrets_policy(
    account: AwsAccount, *, secret_arns: Sequence[Input[str]], key_arn: Input[str]
) -> Output[str]:
    """To read secrets of Secrets Manager, and to use their key for nothing else."""
    return output_document(
        {
            "Sid": "ReadNamedSecrets",
            "Effect": "Allow",
            "Action": [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:ListSecretVersionIds",
            ],
            "Resource": list(secret_arns),
        },
        {
            "Sid": "DecryptThroughSecretsManager",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": [key_arn],
            "Condition": {
                "StringEquals": {"kms:ViaService": via_service("secretsmanager", account.region)}
            },
        },
    )
