"""An argument of another kind than its field's is refused by name, or is taken for what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest
from pulumi import Output

from components.arguments import ArgumentError
from components.cluster import AccessGrant, AccessPolicy, Architecture, NodePool
from components.migration import AlembicMigrationArgs
from components.migration.pace import WaitSettings
from components.network import NatStrategy, Vpc
from migrator.project.aws_identity import AssumedRole, AwsIdentity
from tests.unit.builders import (
    ADMIN,
    EU,
    AwsAccount,
    cluster_args,
    existing_network,
    postgresql_args,
    record_vpc,
    vpc_args,
)
from tests.unit.recording import ACCOUNT, record

LIST = "a list, each text"
NETWORK = "IPv4Network('10.0.0.0/16') or such"


def migration_args(**changes: Any) -> AlembicMigrationArgs:
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:rds!db"
    values: dict[str, Any] = {"host": "db", "port": 5432, "database": "app", "secret_arn": arn}
    return AlembicMigrationArgs(**{**values, **changes})


def pool(**changes: Any) -> NodePool:
    return NodePool(**{"instance_types": ["m7g.large"], "min_size": 1, "max_size": 3, **changes})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: vpc_args(cidr="10.0.0.0/16"),
            f"cidr: '10.0.0.0/16' cannot be used; give {NETWORK}",
        ),
        (lambda: vpc_args(cidr=None), "cidr: None cannot be used"),
        (
            lambda: vpc_args(availability_zones="eu-west-1a"),
            f"availability_zones: 'eu-west-1a' cannot be used; give {LIST}",
        ),
        # The control plane stays in the first two, and a set has no first.
        (lambda: vpc_args(availability_zones={"eu-west-1a"}), f"cannot be used; give {LIST}"),
        (lambda: vpc_args(availability_zones=[None]), "availability_zones[0]: None"),
        (lambda: vpc_args(nat="singel"), "nat: 'singel' cannot be used; give 'none' or 'single'"),
        (lambda: vpc_args(flow_log_retention_days=True), "give a whole number"),
        (lambda: vpc_args(tags={"team": 7}), "tags.team: 7 cannot be used; give text"),
        (lambda: vpc_args(account="123456789012"), "give AwsAccount or None"),
        (lambda: vpc_args(log_key_arn=5), "log_key_arn: 5 cannot be used; give text or None"),
        (lambda: cluster_args(version=1.36), "version: 1.36 cannot be used; give text or None"),
        (lambda: cluster_args(access={"a": {}}), "access.a: {} cannot be used; give AccessGrant"),
        (lambda: cluster_args(access=[ADMIN]), "give a mapping, each AccessGrant"),
        (lambda: cluster_args(public_access_cidrs=["203.0.113.0/24"]), "public_access_cidrs[0]"),
        (lambda: cluster_args(support="Extended"), "give 'standard' or 'extended'"),
        # Every text is true.
        (lambda: cluster_args(deletion_protection="false"), "give True or False"),
        (lambda: cluster_args(network="vpc-1"), "give Vpc or ExistingNetwork"),
        (lambda: pool(min_size="1"), "min_size: '1' cannot be used; give a whole number"),
        (lambda: pool(architecture="arm"), "give 'x86_64' or 'arm64'"),
        (lambda: postgresql_args(version=18), "version: 18 cannot be used; give text"),
        (lambda: postgresql_args(parameters={"work_mem": 64}), "parameters.work_mem: 64"),
        (lambda: postgresql_args(clients=["sg-1"]), "clients: ['sg-1'] cannot be used"),
        (lambda: migration_args(port="5432"), "port: '5432' cannot be used; give a whole number"),
        (lambda: migration_args(waits=WaitSettings(locks=5)), "waits.locks: 5"),  # pyright: ignore
        (
            lambda: AwsAccount(
                id=ACCOUNT,
                region="eu-west-1",
                identity=AwsIdentity(roles=[AssumedRole(role_arn=None)]),  # pyright: ignore
            ),
            "identity.roles[0].role_arn: None cannot be used; give text",
        ),
    ],
)
def test_a_value_of_another_kind_is_named_with_its_field(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        make()
    assert message in str(caught.value)


def test_what_is_known_too_late_is_refused() -> None:
    """To walk through an Output would never end."""
    with pytest.raises(ArgumentError, match=r"availability_zones: 'an Output' .* known too late"):
        record(lambda: Vpc("net", vpc_args(availability_zones=Output.from_input(["eu-west-1a"]))))


def test_what_may_be_known_later_is_taken() -> None:
    def program() -> None:
        later = Output.from_input("key")
        vpc_args(log_key_arn=later, account=AwsAccount(id=later, region=EU.region))
        postgresql_args(clients={"a": later}, client_cidrs=(IPv4Network("10.0.0.0/24"),))

    record(program)


def test_a_password_in_the_place_of_its_secrets_arn_is_not_repeated() -> None:
    with pytest.raises(ArgumentError, match="secret_arn: '…' cannot be used; give the ARN"):
        migration_args(secret_arn="correct-horse")


def test_an_existing_network_has_subnets_in_two_zones() -> None:
    few = replace(existing_network(), intra_subnet_ids=["subnet-1"], database_subnet_ids=[])
    with pytest.raises(ArgumentError, match=r"network\.intra_subnet_ids: \['subnet-1'\] cannot"):
        cluster_args(network=few)
    with pytest.raises(ArgumentError, match=r"network\.database_subnet_ids: \[\] cannot be used"):
        postgresql_args(network=few)


@pytest.mark.parametrize("tags", [{"aws:team": "a"}, {"Name": "a"}, {"team": "a#b"}])
def test_a_components_tags_are_those_that_aws_takes(tags: dict[str, str]) -> None:
    with pytest.raises(ArgumentError, match=rf"tags\.{next(iter(tags))}: "):
        vpc_args(tags=tags)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"clients": {"Web servers": "sg-1"}}, "clients.Web servers: 'Web servers' cannot be used"),
        (
            {
                "clients": {"10-0-0-0-24": "sg-1"},
                "client_cidrs": [IPv4Network("10.0.0.0/24")],
            },
            "`client_cidrs` has a network of this name",
        ),
    ],
)
def test_a_clients_key_becomes_a_resources_name(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        postgresql_args(**changes)
    assert words in str(caught.value)


def test_an_account_has_twelve_digits() -> None:
    with pytest.raises(ArgumentError, match="id: '12345' cannot be used; give the twelve digits"):
        AwsAccount(id="12345", region="eu-west-1")


def test_a_choice_may_be_said_in_text() -> None:
    grant: Any = {"principal_arn": ADMIN.principal_arn, "policy": "AmazonEKSClusterAdminPolicy"}
    assert AccessGrant(**grant).policy is AccessPolicy.CLUSTER_ADMIN
    assert pool(architecture="arm64").architecture is Architecture.ARM64
    assert vpc_args(nat="single").nat is NatStrategy.SINGLE
    # By another name it is the same, with what that needs.
    with pytest.raises(ArgumentError, match="without NAT, nodes and pods need"):
        record_vpc(nat="none")
