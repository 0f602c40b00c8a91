"""A region outside of the partition ``aws``: names, zones and identities are its partition's."""

from collections.abc import Iterator

import pytest
from botocore.credentials import Credentials

from tests.endpoint.endpoint import ACCOUNT, Endpoint
from tests.endpoint.foundation import Foundation
from tests.endpoint.test_authentication import presigned, review

REGION = "eusc-de-east-1"
ENGINEER = f"arn:aws-eusc:iam::{ACCOUNT}:user/platform-engineer"


@pytest.fixture(scope="module")
def sovereign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    endpoint = Endpoint(tmp_path_factory.mktemp("sovereign"), region=REGION).start()
    yield endpoint
    assert endpoint.stop() == 0


def test_the_engineer_is_the_partitions(sovereign: Endpoint) -> None:
    assert sovereign.client("sts").get_caller_identity()["Arn"] == ENGINEER


def test_the_region_and_its_zones_are_described(sovereign: Endpoint) -> None:
    ec2 = sovereign.client("ec2")
    region = ec2.describe_regions(RegionNames=[REGION])["Regions"][0]
    assert region["Endpoint"] == "ec2.eusc-de-east-1.amazonaws.eu"
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert [zone["ZoneName"] for zone in zones] == [f"{REGION}{letter}" for letter in "abc"]


def test_a_cluster_knows_its_issuer_and_who_calls(sovereign: Endpoint) -> None:
    cluster = Foundation(sovereign).cluster()
    eks = sovereign.client("eks")
    found = eks.describe_cluster(name=cluster)["cluster"]
    assert found["arn"].startswith(f"arn:aws-eusc:eks:{REGION}:{ACCOUNT}:cluster/")
    issuer = found["identity"]["oidc"]["issuer"]
    assert issuer.startswith(f"https://oidc.eks.{REGION}.amazonaws.eu/id/")

    eks.create_access_entry(clusterName=cluster, principalArn=ENGINEER)
    engineer = Credentials(*sovereign.engineer_keys())
    for host in (None, f"sts.{REGION}.amazonaws.eu"):
        assert review(sovereign, presigned(sovereign, engineer, cluster, host=host))["user"]
    other = review(
        sovereign, presigned(sovereign, engineer, cluster, host=f"sts.{REGION}.amazonaws.com")
    )
    assert other["authenticated"] is False
