"""Stack files: the repository's are valid, and every fault has a message that leads to it."""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Annotated, Any

import pulumi
import pytest

from components.arguments import Setting, Settings
from components.migration import ZeroDowntimeMigrationArgs
from infra.settings import SettingsError, StackSettings, parse
from infra.settings.keys import MISSING, keys_of
from infra.settings.stack import subjects_of
from tests.unit.program import run_program
from tests.unit.recording import record
from tests.unit.stack_files import (
    FILE,
    STACKS,
    VALID,
    as_config,
    drop,
    faults_of,
    put,
    stack_file,
)


@pytest.mark.parametrize("stack", STACKS)
def test_the_repositorys_stack_files_are_valid(stack: str) -> None:
    assert parse(as_config(stack_file(stack)), f"Pulumi.{stack}.yaml").region == "eu-west-1"


def test_values_have_real_types() -> None:
    settings = parse(as_config(VALID), FILE)
    assert settings.network.cidr == IPv4Network("10.0.0.0/16")
    secret = settings.secrets.external_secrets["app-secrets"]
    assert secret.refresh_interval == timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Metrics(Settings):
    """A subject that the platform does not have."""

    replicas: Annotated[int, Setting("How many")] = 2


@dataclass(frozen=True, kw_only=True)
class StackWithMore(StackSettings):
    """Two of them, which a stack file may leave out."""

    metrics: Metrics = Metrics()
    extra: Metrics | None = None


def test_a_subject_with_a_default_may_be_left_out() -> None:
    read = parse(as_config(VALID), FILE, StackWithMore)
    assert read == StackWithMore(**vars(parse(as_config(VALID), FILE)))
    values = {**VALID, "groundwork:metrics": {"replicas": 3}, "groundwork:extra": {}}
    read = parse(as_config(values), FILE, StackWithMore)
    assert isinstance(read, StackWithMore)
    assert (read.metrics.replicas, read.extra) == (3, Metrics())
    with pytest.raises(SettingsError, match=r"groundwork:metrics.replicas: 'x' \(text\)"):
        parse(as_config({**VALID, "groundwork:metrics": {"replicas": "x"}}), FILE, StackWithMore)


@pytest.mark.parametrize("policy", ["warn", "fail"])
def test_the_policy_for_unapproved_contracts_reaches_the_migration(policy: str) -> None:
    values = copy.deepcopy(VALID)
    approved = ["c6e8f1b35a92"]
    values["groundwork:migrations"] |= {"unapproved": policy, "approved_contracts": approved}
    migration = ZeroDowntimeMigrationArgs.of(
        parse(as_config(values), FILE).migrations,
        host="db.example.com",
        port=5432,
        database="app",
        secret_arn="arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
        application=lambda _opts: [],
    )
    assert migration.unapproved == policy


def test_each_stack_is_what_it_says() -> None:
    local, staging, production = (parse(as_config(stack_file(one)), one) for one in STACKS)
    assert (len(local.network.availability_zones), local.network.nat) == (2, "single")
    assert local.cluster.access["platform-engineer"].principal_arn == (
        "arn:aws:iam::123456789012:user/platform-engineer"
    )
    assert not local.cluster.deletion_protection
    assert (staging.network.nat, staging.database.multi_az) == ("single", False)
    assert (len(production.network.availability_zones), production.network.nat) == (3, "per_az")
    assert production.database.multi_az
    # The code of a pull request runs with it: of those that look, only this one reads no Secrets.
    for stack in (staging, production):
        assert stack.cluster.access["preview"].policy == "AmazonEKSViewPolicy"
    assert production.cluster.deletion_protection


def test_tags_take_what_iam_takes() -> None:
    values = copy.deepcopy(VALID)
    tags = {"k" * 128: "v" * 256, "Kostenträger: é/=+-@_.": "", "team": "Größe 1"}
    values["groundwork:tags"] = tags
    assert parse(as_config(values), FILE).tags == tags


def test_argo_cd_spreads_over_the_nodes_of_all_pools_together() -> None:
    values = copy.deepcopy(VALID)
    put("gitops/highly_available", True)(values)
    pools = values["groundwork:cluster"]["node_pools"]
    pools["spot"] = {**pools["general"], "min_size": 0, "desired_size": 2}
    assert parse(as_config(values), FILE).gitops.highly_available


def test_nothing_is_said_about_the_number_of_nodes_that_cannot_be_read() -> None:
    def change(values: dict[str, Any]) -> None:
        put("gitops/highly_available", True)(values)
        put("cluster/node_pools/general/min_size", "3")(values)

    assert [fault.split(": ")[1] for fault in faults_of(change)] == [
        "groundwork:cluster.node_pools.general.min_size"
    ]


@pytest.mark.parametrize("namespace", ["default", "kube-system", "kube-public"])
def test_applications_cannot_have_a_namespace_of_kubernetes(namespace: str) -> None:
    def change(values: dict[str, Any]) -> None:
        put("gitops/projects/default/destinations/0/namespace", namespace)(values)
        put("gitops/applications/myapp/destination_namespace", namespace)(values)

    assert faults_of(change) == [
        f"{FILE}: groundwork:gitops.applications.myapp.destination_namespace: {namespace!r} cannot"
        " be used; Kubernetes makes it by itself; name another namespace"
    ]


def test_without_a_region_nothing_is_said_about_its_zones() -> None:
    def change(values: dict[str, Any]) -> None:
        values.pop("aws:region")
        put("network/availability_zones", ["us-east-1a", "us-east-1b"])(values)

    assert [fault.split(": ")[1] for fault in faults_of(change)] == ["aws:region"]


def test_all_faults_are_told_at_once() -> None:
    def change(values: dict[str, Any]) -> None:
        for fault in (
            put("network/ciddr", 1),
            put("network/cidr", "10.0.0.0/33"),
            put("network/availability_zones/0", "eu-west-2a"),
            put("cluster/version", 1.34),
            put("cluster/log_retention_days", 2),
            put("database/storage_gib", 1),
            put("database/username", "rdsadmin"),
            put("gitops/namespace", "production"),
            drop("secrets/chart"),
        ):
            fault(values)

    keys = [fault.split(": ")[1] for fault in faults_of(change)]
    assert sorted(keys) == [
        "groundwork:cluster.log_retention_days",
        "groundwork:cluster.version",
        "groundwork:database.storage_gib",
        "groundwork:database.username",
        "groundwork:gitops.namespace",
        "groundwork:network.availability_zones[0]",
        "groundwork:network.ciddr",
        "groundwork:network.cidr",
        "groundwork:secrets.chart",
    ]


def test_the_program_stops_cleanly_before_it_registers_anything() -> None:
    values = copy.deepcopy(VALID)
    put("network/ciddr", 1)(values)
    put("database/storage_gib", 1)(values)
    with pytest.raises(pulumi.RunError) as caught:
        record(run_program, as_config(values))
    assert str(caught.value).splitlines() == [
        "2 faults in the stack's settings",
        "Pulumi.test.yaml: groundwork:network.ciddr: unknown key; did you mean 'cidr'?",
        "Pulumi.test.yaml: groundwork:database.storage_gib: 1 cannot be used; RDS begins at 20 GiB",
    ]


def test_stack_files_are_judged_without_any_aws_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    assert parse(as_config(VALID), FILE).tags["environment"] == "local"


def test_a_key_that_a_stack_file_has_to_have_brings_an_example() -> None:
    """It stands in for one that cannot be read, so that the other faults are told with it."""
    for subject in subjects_of(StackSettings).values():
        for name, key in keys_of(subject.settings).items():
            required = key.default is MISSING or key.setting.required
            assert not required or key.setting.example is not None, name
