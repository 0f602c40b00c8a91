"""Every stack file in every partition: nothing that is made there names another one."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from infra.settings import parse
from tests.unit.program import recorded_in, recorded_stack
from tests.unit.recording import Recording
from tests.unit.stack_files import FILE, STACKS, VALID, as_config, faults_of

# A host, a principal or, from behind, an endpoint service.
NAMES = re.compile(r"[\w.-]*amazonaws[\w.-]*")
ARNS = re.compile(r"arn:(aws[\w-]*):")
# As AWS's documentation writes them, whatever the program is made of.
PRINCIPALS = {"eks", "monitoring.rds", "pods.eks", "vpc-flow-logs"}
EXPECTED = {
    "eu-west-1": {
        *("ec2.amazonaws.com", "logs.eu-west-1.amazonaws.com"),
        "secretsmanager.eu-west-1.amazonaws.com",
    },
    "cn-northwest-1": {
        *("ec2.amazonaws.com.cn", "logs.cn-northwest-1.amazonaws.com.cn"),
        "secretsmanager.cn-northwest-1.amazonaws.com",
        "secretsmanager.cn-northwest-1.amazonaws.com.cn",
    },
    "us-gov-east-1": {
        *("ec2.amazonaws.com", "logs.us-gov-east-1.amazonaws.com"),
        "secretsmanager.us-gov-east-1.amazonaws.com",
    },
    "eusc-de-east-1": {
        *("ec2.amazonaws.com", "logs.eusc-de-east-1.amazonaws.com"),
        "secretsmanager.eusc-de-east-1.amazonaws.com",
        "secretsmanager.eusc-de-east-1.amazonaws.eu",
    },
}


def rendered(recording: Recording) -> str:
    """All that the program hands to providers and to the user, policies and kubeconfig included."""
    return json.dumps([[one.inputs for one in recording.resources], recording.exports()])


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_a_stack_names_its_own_partition_only(stack: str, region: str, partition: str) -> None:
    recording = (
        recorded_stack(stack) if partition == "aws" else recorded_in(stack, region, partition)
    )
    text = rendered(recording)
    assert set(ARNS.findall(text)) == {partition}
    everywhere = {f"{name}.amazonaws.com" for name in PRINCIPALS}
    gateways = {f"com.amazonaws.{region}.{service}" for service in ("dynamodb", "s3")}
    assert set(NAMES.findall(text)) == everywhere | gateways | EXPECTED[region]
    others = {"eu-west-1", "us-east-1"} - {region}
    assert not any(other in text for other in others)


PARTITIONS = {
    "eusc-de-east-1": "aws-eusc",
    "us-gov-west-1": "aws-us-gov",
    "cn-northwest-1": "aws-cn",
}


def move(values: dict[str, Any], region: str) -> None:
    """Puts a stack into another region, as far as its network says it."""
    values["aws:region"] = region
    values["groundwork:network"]["availability_zones"] = [f"{region}a", f"{region}b"]


@pytest.mark.parametrize("region", PARTITIONS)
def test_a_stack_stands_in_any_partition(region: str) -> None:
    values = copy.deepcopy(VALID)
    move(values, region)
    grant = values["groundwork:cluster"]["access"]["platform-engineer"]
    grant["principal_arn"] = grant["principal_arn"].replace("aws", PARTITIONS[region], 1)
    assert parse(as_config(values), FILE).region == region


@pytest.mark.parametrize("region", PARTITIONS)
def test_a_principal_of_another_partition_is_refused(region: str) -> None:
    assert faults_of(lambda values: move(values, region)) == [
        f"{FILE}: groundwork:cluster.access.platform-engineer.principal_arn:"
        " 'arn:aws:iam::123456789012:user/platform-engineer' cannot be used; in"
        f" {region} an ARN begins with arn:{PARTITIONS[region]}:"
    ]
