"""What a change gives up although no resource with state goes: told, or refused before it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pulumi
import pytest

from infra.for_good import ADDRESS, given_up
from infra.losses import other_account
from infra.settings import StackSettings, parse
from infra.state import Deployed, State
from infra.stateful import CLUSTER, DATABASE
from infra.workloads import leaving_workloads
from tests.unit.program import run_program
from tests.unit.recording import record
from tests.unit.stack_files import as_config, stack_file
from tests.unit.test_changes import both, deployed, keep, put, refused, runs

Change = Callable[[dict[str, Any]], object]
Judge = Callable[[StackSettings, State], Iterator[str]]
APPLICATIONS = ("groundwork:gitops", "applications")
SECRETS = ("groundwork:secrets", "external_secrets")
ADMIN = ("groundwork:cluster", "access", "deployment")
ROLES = "arn:aws:iam::123456789012:role/"


def told(judge: Judge, change: Change, stack: str = "staging") -> list[str]:
    """What a judge says of a stack file after a change."""
    values = copy.deepcopy(stack_file(stack))
    change(values)
    settings = parse(as_config(values), f"Pulumi.{stack}.yaml")
    return list(judge(settings, deployed(stack)))


def rename(new: str, *keys: str) -> Change:
    """A change: another name for the one entry of a mapping."""

    def change(values: dict[str, Any]) -> None:
        holder: Any = values
        for key in keys:
            holder = holder[key]
        (old,) = holder
        holder[new] = holder.pop(old)

    return change


@pytest.mark.parametrize("stack", ["local", "staging", "production"])
@pytest.mark.parametrize("judge", [given_up, leaving_workloads])
def test_nothing_is_told_of_a_stack_file_as_it_was_deployed(judge: Judge, stack: str) -> None:
    assert told(judge, lambda values: None, stack) == []


@pytest.mark.parametrize(
    ("keys", "new", "words"),
    [
        (("network", "flow_log_retention_days"), 7, "flow logs are kept for 7 days instead of 30"),
        (("cluster", "log_retention_days"), 7, "control-plane logs are kept for 7 days instead"),
        (("database", "log_retention_days"), 14, "the server's logs are kept for 14 days instead"),
        (("database", "backup_retention_days"), 1, "automated backups are kept for 1 days instead"),
    ],
)
def test_what_a_shorter_time_deletes_is_told(keys: tuple[str, str], new: int, words: str) -> None:
    subject, key = keys
    (said,) = told(given_up, put(new, f"groundwork:{subject}", key))
    assert said.startswith(f"groundwork:{subject}.{key}: {words}")
    assert told(given_up, put(365 if "log" in key else 35, f"groundwork:{subject}", key)) == []


def test_figures_of_fifteen_months_are_not_thrown_away_unsaid() -> None:
    (said,) = told(given_up, put("standard", "groundwork:database", "insights"), "production")
    assert (
        "database.insights: Database Insights' figures are kept for 7 days instead of 465" in said
    )


@pytest.mark.parametrize(
    ("stack", "nat", "released"),
    [
        ("staging", "none", ["network-nat-address"]),
        ("staging", "per_az", []),
        (
            "production",
            "single",
            ["network-nat-address-eu-west-1b", "network-nat-address-eu-west-1c"],
        ),
        ("production", "none", [f"network-nat-address-eu-west-1{letter}" for letter in "abc"]),
    ],
)
def test_public_addresses_that_are_released_are_told(
    stack: str, nat: str, released: list[str]
) -> None:
    endpoints = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "secretsmanager", "sts"]
    change = both(
        put(nat, "groundwork:network", "nat"),
        put(endpoints, "groundwork:network", "interface_endpoints"),
    )
    said = told(given_up, change, stack)
    assert [one for one in said if ", ".join(released) in one] == (said if released else [])
    assert len(said) == bool(released)


def test_who_is_shut_out_of_the_api_is_told() -> None:
    networks = ["203.0.113.0/24", "198.51.100.7/32"]
    open_ = {"endpointPublicAccess": True, "publicAccessCidrs": networks}
    settings = parse(as_config(stack_file("staging")), "Pulumi.staging.yaml")
    wider = replace(settings.cluster, public_access_cidrs=[IPv4Network("203.0.112.0/20")])
    state = runs(CLUSTER, vpcConfig=open_)
    (said,) = given_up(replace(settings, cluster=wider), state)
    assert "public_access_cidrs: 198.51.100.7/32 reaches the Kubernetes API no more" in said
    (said,) = given_up(settings, state)
    assert "198.51.100.7/32, 203.0.113.0/24 reaches" in said
    closed = runs(CLUSTER, vpcConfig={**open_, "endpointPublicAccess": False})
    assert not list(given_up(settings, closed))


def test_released_addresses_are_told_as_partners_know_them() -> None:
    address = Deployed(
        type=ADDRESS, name="network-nat-address", outputs={"publicIp": "203.0.113.7"}
    )
    settings = parse(as_config(stack_file("production")), "Pulumi.production.yaml")
    network = replace(settings.network, availability_zones=["eu-west-1b", "eu-west-1c"])
    # Of a single one the address goes over to the zone that is first by its letter.
    assert not list(given_up(replace(settings, network=network), State([address])))
    both_there = [address, replace(address, name="network-nat-address-eu-west-1b")]
    (said,) = given_up(replace(settings, network=network), State(both_there))
    assert "per_az releases the public addresses 203.0.113.7 for good" in said


def test_an_application_that_goes_takes_its_volumes_and_says_so() -> None:
    (said,) = told(leaving_workloads, put({}, *APPLICATIONS))
    assert "'myapp' is gone: Argo CD deletes all that it has deployed, volumes too" in said
    assert refused(put({}, *APPLICATIONS)) == []
    # The local platform's leaves all as it is.
    assert told(leaving_workloads, put({}, *APPLICATIONS), "local") == []


def test_an_application_is_not_renamed_under_what_it_has_deployed() -> None:
    (said,) = refused(rename("shop", *APPLICATIONS))
    assert said.startswith("groundwork:gitops.applications.shop: 'myapp' deploys the same folder")
    assert "deploy 'myapp' with `cascade: false` before" in said
    spelt = put("https://GitHub.com/org/repo.git", *APPLICATIONS, "shop", "repository")
    assert len(refused(both(rename("shop", *APPLICATIONS), spelt))) == 1
    other = put("k8s/overlays/shop", *APPLICATIONS, "shop", "path")
    assert refused(both(rename("shop", *APPLICATIONS), other)) == []
    assert refused(rename("shop", *APPLICATIONS), stack="local") == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put({}, *SECRETS), "the Secret 'app-secrets' in 'staging' is deleted"),
        (rename("other", *SECRETS), "is deleted, which 'app-secrets' filled"),
        (put("other", *SECRETS, "app-secrets", "target_name"), "is deleted, which 'app-secrets'"),
        (
            both(rename("other", *SECRETS), put("app-secrets", *SECRETS, "other", "target_name")),
            "is deleted with 'app-secrets', and made again by 'other'",
        ),
        (
            put(
                [{"secret_key": "url", "key": "staging/app/database", "property": "url"}],
                *SECRETS,
                "app-secrets",
                "data",
            ),
            "loses api-key, database-url",
        ),
    ],
)
def test_a_secret_of_kubernetes_that_goes_is_told(change: Change, words: str) -> None:
    (said,) = told(leaving_workloads, change)
    assert said.startswith("groundwork:secrets.external_secrets: the Secret 'app-secrets'")
    assert words in said


def test_the_clusters_administrators_are_not_exchanged_at_once() -> None:
    """Whoever deploys is one of them, and the old grant goes before the last object is there."""
    other = put(f"{ROLES}other", *ADMIN, "principal_arn")
    (said,) = refused(other)
    assert f"groundwork:cluster.access: {ROLES}groundwork-deployment would administer" in said
    grant = {"principal_arn": f"{ROLES}other", "policy": "AmazonEKSClusterAdminPolicy"}
    assert refused(put(grant, "groundwork:cluster", "access", "second")) == []
    lowered = put("AmazonEKSViewPolicy", *ADMIN, "policy")
    (said,) = refused(both(lowered, put(grant, "groundwork:cluster", "access", "second")))
    assert "next deployment" in said


def test_storage_may_not_outgrow_its_new_limit() -> None:
    grown = runs(DATABASE, allocatedStorage=95)
    # As it was deployed, it may have been reached.
    assert refused(lambda values: None, grown) == []
    (said,) = refused(put(90, "groundwork:database", "max_storage_gib"), grown)
    assert "max_storage_gib: 90 is too little for the 95 GiB" in said
    assert "RDS wants 105 or more" in said
    assert refused(put(105, "groundwork:database", "max_storage_gib"), grown) == []


def test_a_run_in_another_account_ends_before_its_first_resource(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep(monkeypatch, runs(CLUSTER, arn="arn:aws:eks:eu-west-1:210987654321:cluster/staging"))
    with pytest.raises(pulumi.RunError, match="the stack stands in '210987654321': nothing of it"):
        record(run_program, as_config(stack_file("staging")))


@pytest.mark.parametrize(
    ("account", "count"), [("123456789012", 0), ("210987654321", 1), (None, 0)]
)
def test_a_stack_stays_in_its_account(account: str | None, count: int) -> None:
    state = runs(CLUSTER, arn="arn:aws:eks:eu-west-1:123456789012:cluster/groundwork-staging")
    said = list(other_account(state, account))
    assert len(said) == count
    assert all(
        "acts in the account '210987654321', and the stack stands in '1234" in one for one in said
    )
