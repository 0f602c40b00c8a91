"""Up, up again, preview, change, drift."""

import pytest

from tests.local.stack.checkout import Checkout

STACKS = ("local", "staging", "production")


def test_preview_of_a_fresh_clone_creates_nothing(fresh: Checkout) -> None:
    for stack in STACKS:
        said = fresh.must("preview", stack)
        assert "to create" in said
        assert "groundwork-" + stack in said
    assert (
        fresh.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])[
            "Vpcs"
        ]
        == []
    )
    assert not fresh.resources()


def test_every_part_is_deployed(deployed: Checkout) -> None:
    kinds = {resource["type"] for resource in deployed.resources()}
    assert {
        "aws:ec2/vpc:Vpc",
        "aws:eks/cluster:Cluster",
        "aws:rds/instance:Instance",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:external-secrets.io/v1:ExternalSecret",
        "kubernetes:argoproj.io/v1alpha1:Application",
    } <= kinds


def test_the_engine_has_nothing_to_warn_of(deployed: Checkout) -> None:
    said = deployed.must("preview", "local")
    assert "warning" not in said.lower()
    assert "warning:" not in (deployed.home / "logs" / "pulumi.log").read_text()


def test_a_second_up_changes_nothing(deployed: Checkout) -> None:
    before = deployed.resources()
    assert "no changes" in deployed.must("up")
    assert [r["urn"] for r in deployed.resources()] == [r["urn"] for r in before]


def test_the_stack_files_of_the_repository_stay_as_they_are(deployed: Checkout) -> None:
    for stack in STACKS:
        assert "encryptionsalt" not in (deployed.root / f"Pulumi.{stack}.yaml").read_text()


def test_a_mutable_setting_updates_in_place(deployed: Checkout) -> None:
    before = deployed.resource("aws:ec2/vpc:Vpc")["id"]
    with deployed.edited() as file:
        file.set("changed", "groundwork:tags", "environment")
        said = deployed.must("up")
        assert "updated" in said
        assert "replaced" not in said
    assert deployed.resource("aws:ec2/vpc:Vpc")["id"] == before
    tags = deployed.client("ec2").describe_vpcs(VpcIds=[before])["Vpcs"][0]["Tags"]
    assert {"Key": "environment", "Value": "changed"} in tags
    deployed.must("up")


def test_an_immutable_setting_replaces(deployed: Checkout) -> None:
    kind = "aws:cloudwatch/logGroup:LogGroup"
    before = {r["urn"]: r["id"] for r in deployed.resources() if r["type"] == kind}
    with deployed.edited() as file:
        file.set("groundwork-other", "groundwork:cluster", "name")
        assert "replace" in deployed.must("preview", "local")
    assert {r["urn"]: r["id"] for r in deployed.resources() if r["type"] == kind} == before


def test_drift_is_seen_and_repaired(deployed: Checkout) -> None:
    vpc = deployed.resource("aws:ec2/vpc:Vpc")["id"]
    ec2 = deployed.client("ec2")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    assert "1 updated" in deployed.must("refresh")
    assert "1 updated" in deployed.must("up")
    answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsHostnames")
    assert answer["EnableDnsHostnames"]["Value"] is True


def test_what_was_deleted_behind_the_engine_is_made_again(deployed: Checkout) -> None:
    name = "app-secrets"
    deployed.said(f"kubectl delete externalsecret -n production {name}")
    assert "1 deleted" in deployed.must("refresh")
    assert "1 created" in deployed.must("up")
    deployed.said(f"kubectl get externalsecret -n production {name}")


@pytest.mark.takes_down
def test_down_leaves_nothing_behind(deployed: Checkout) -> None:
    deployed.must("down")
    assert not deployed.resources()
    assert deployed.processes() == []
    locks = deployed.home / "state" / ".pulumi" / "locks"
    assert not [file for file in locks.rglob("*") if file.is_file()]
