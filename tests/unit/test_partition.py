"""Partitions: what an account in China, in GovCloud or in Europe's own cloud is given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.account import AwsAccount
from components.arguments import ArgumentError
from components.cluster import AccessGrant, AccessPolicy
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.network.endpoints import GATEWAYS, INTERFACES
from components.partition import (
    endpoint_service,
    partition_of,
    registry_faults,
    service_principal,
    via_service,
)
from tests.unit.builders import cluster_args, existing_network, record_cluster, record_vpc
from tests.unit.recording import ACCOUNT, record
from tests.unit.stack_files import faults_of

COMMERCIAL = "eu-west-1"
CHINA = "cn-north-1"
GOVERNMENT = "us-gov-west-1"
SOVEREIGN = "eusc-de-east-1"


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        (COMMERCIAL, "aws", "amazonaws.com"),
        ("ap-southeast-7", "aws", "amazonaws.com"),
        (CHINA, "aws-cn", "amazonaws.com.cn"),
        (GOVERNMENT, "aws-us-gov", "amazonaws.com"),
        (SOVEREIGN, "aws-eusc", "amazonaws.eu"),
    ],
)
def test_a_region_has_a_partition(region: str, partition: str, suffix: str) -> None:
    found = partition_of(region)
    assert (found.id, found.dns_suffix) == (partition, suffix)


@pytest.mark.parametrize(
    ("image", "region", "words"),
    [
        ("dkr.ecr.eu-west-1.amazonaws.com", COMMERCIAL, None),
        # Of another region, nodes can.
        ("dkr.ecr-fips.us-east-1.amazonaws.com", COMMERCIAL, None),
        ("dkr.ecr.cn-north-1.amazonaws.com.cn", CHINA, None),
        ("dkr.ecr.eusc-de-east-1.amazonaws.eu", SOVEREIGN, None),
        ("dkr.ecr.eu-west-1.amazonaws.com", CHINA, "pull from registries of aws-cn only"),
        ("dkr.ecr.us-gov-west-1.amazonaws.com", COMMERCIAL, "pull from registries of aws only"),
        ("dkr.ecr.cn-north-1.amazonaws.com", CHINA, ".dkr.ecr.cn-north-1.amazonaws.com.cn"),
        ("dkr.ecr.nowhere.amazonaws.com", COMMERCIAL, "pull from registries of aws only"),
    ],
)
def test_nodes_pull_from_registries_of_their_partition(
    image: str, region: str, words: str | None
) -> None:
    said = list(registry_faults("job.image", f"{ACCOUNT}.{image}/migrator:1", region))
    assert [words in str(one) for one in said if words] == [True] * bool(words)
    assert bool(said) == bool(words)
    assert not list(registry_faults("job.image", "registry.example.com/migrator:1", region))


def test_a_stack_files_image_lies_in_the_partition() -> None:
    job = {"image": f"{ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/migrator:1"}

    def change(values: dict[str, Any]) -> None:
        values["groundwork:migrations"] |= {"job": job, "backfills": ["users_email"]}

    (said,) = faults_of(change)
    assert "groundwork:migrations.job.image: '1234" in said
    assert "nodes in eu-west-1 pull from registries of aws only" in said


@pytest.mark.parametrize(
    "region", ["Ireland", "eu-west", "eu-west-1a", "", "eusc-fr-east-1", "us-iso-east-1"]
)
def test_what_is_no_region_is_refused(region: str) -> None:
    with pytest.raises(ValueError, match="is no region of AWS"):
        partition_of(region)
    with pytest.raises(ArgumentError, match="region: "):
        AwsAccount(id=ACCOUNT, region=region)


@pytest.mark.parametrize(
    ("region", "ec2", "logs"),
    [
        (COMMERCIAL, "ec2.amazonaws.com", "logs.amazonaws.com"),
        (CHINA, "ec2.amazonaws.com.cn", "logs.amazonaws.com.cn"),
        (GOVERNMENT, "ec2.amazonaws.com", "logs.amazonaws.com"),
        (SOVEREIGN, "ec2.amazonaws.com", "logs.amazonaws.com"),
    ],
)
def test_services_are_principals_of_the_same_name_but_for_two(
    region: str, ec2: str, logs: str
) -> None:
    assert service_principal("eks", region) == service_principal("eks") == "eks.amazonaws.com"
    assert (service_principal("ec2", region), service_principal("logs", region)) == (ec2, logs)


@pytest.mark.parametrize(
    ("region", "prefix", "own"),
    [
        (COMMERCIAL, None, set()),
        (GOVERNMENT, None, set()),
        (
            CHINA,
            "cn.com.amazonaws",
            {
                *("autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks"),
                *("monitoring", "rds", "sqs", "sts"),
            },
        ),
        (SOVEREIGN, "eu.amazonaws", {"ecr.api", "ecr.dkr"}),
    ],
)
def test_endpoint_services_have_a_prefix_of_their_own_where_aws_has_one(
    region: str, prefix: str | None, own: set[str]
) -> None:
    for service in (*GATEWAYS, *INTERFACES):
        expected = prefix if service in own else "com.amazonaws"
        assert endpoint_service(service, region) == f"{expected}.{region}.{service}"


def test_a_key_is_used_through_a_service_by_either_of_its_addresses() -> None:
    assert via_service("secretsmanager", COMMERCIAL) == "secretsmanager.eu-west-1.amazonaws.com"
    assert via_service("secretsmanager", CHINA) == [
        "secretsmanager.cn-north-1.amazonaws.com",
        "secretsmanager.cn-north-1.amazonaws.com.cn",
    ]


def test_an_administrator_of_another_partition_is_refused() -> None:
    network = existing_network(AwsAccount(id=ACCOUNT, region=CHINA))
    with pytest.raises(
        ArgumentError, match=r"access\.platform\.principal_arn: 'arn:aws:iam"
    ) as caught:
        cluster_args(network=network)
    assert "in cn-north-1 an ARN begins with arn:aws-cn:" in str(caught.value)


def in_region(region: str) -> dict[str, Any]:
    """Changes to a Vpc's arguments that put it there."""
    return {
        "account": AwsAccount(id=ACCOUNT, region=region),
        "availability_zones": [f"{region}a", f"{region}b"],
    }


@pytest.mark.parametrize("region", [COMMERCIAL, CHINA, GOVERNMENT, SOVEREIGN])
def test_a_network_stands_in_every_partition(region: str) -> None:
    recording = record_vpc(**in_region(region), interface_endpoints=["ecr.api", "sts"])
    names = {one.inputs["serviceName"] for one in recording.of_type(":VpcEndpoint")}
    assert names == {
        endpoint_service(name, region) for name in ("s3", "dynamodb", "ecr.api", "sts")
    }


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        (COMMERCIAL, "aws", "amazonaws.com"),
        (CHINA, "aws-cn", "amazonaws.com.cn"),
        (GOVERNMENT, "aws-us-gov", "amazonaws.com"),
        (SOVEREIGN, "aws-eusc", "amazonaws.com"),
    ],
)
def test_roles_keys_and_policies_are_those_of_the_partition(
    region: str, partition: str, suffix: str
) -> None:
    account = AwsAccount(id=ACCOUNT, region=region)
    administrator = AccessGrant(
        principal_arn=f"arn:{partition}:iam::{ACCOUNT}:role/platform",
        policy=AccessPolicy.CLUSTER_ADMIN,
    )
    cluster = record_cluster(network=existing_network(account), access={"platform": administrator})
    attached = [one.inputs["policyArn"] for one in cluster.of_type(":RolePolicyAttachment")]
    assert attached
    assert all(arn.startswith(f"arn:{partition}:iam::aws:policy/") for arn in attached)
    trust = json.loads(cluster.named("eks-node-role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": f"ec2.{suffix}"}

    args = EncryptionKeyArgs(account=account, description="Logs", log_groups=True)
    key = record(lambda: EncryptionKey("logs", args)).only("kms/key:Key").inputs
    owner, logs = json.loads(key["policy"])["Statement"]
    assert owner["Principal"] == {"AWS": f"arn:{partition}:iam::{ACCOUNT}:root"}
    assert logs["Principal"] == {"Service": f"logs.{region}.{suffix}"}
