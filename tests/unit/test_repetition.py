"""What a stack file names twice, in whatever spelling, is refused."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pytest

from components.arguments import ArgumentError
from components.cluster import AccessGrant, AccessPolicy
from components.gitops.repository import repository_key
from tests.unit.builders import cluster_args, postgresql_args
from tests.unit.stack_files import FILE, VALID, faults_of, put

INSIDE = ["10.0.0.0/18", "10.0.0.0/18"]
GRANT = VALID["groundwork:cluster"]["access"]["platform-engineer"]
SECRET = VALID["groundwork:secrets"]["external_secrets"]["app-secrets"]
APPLICATION = VALID["groundwork:gitops"]["applications"]["myapp"]


def put_all(**changes: object) -> Callable[[dict[str, Any]], None]:
    """Several changes at once; `__` stands for `/`."""

    def change(values: dict[str, Any]) -> None:
        for path, value in changes.items():
            put(path.replace("__", "/"), value)(values)

    return change


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        (put("database/client_cidrs", INSIDE), "database.client_cidrs[1]", INSIDE[0]),
        (
            put("database/client_cidrs", ["10.0.1.0/24", "10.0.0.0/255.255.0.0", "10.0.1.0/24"]),
            "database.client_cidrs[1]",
            "10.0.0.0/16",
        ),
        (put("cluster/private_access_cidrs", INSIDE), "cluster.private_access_cidrs[1]", INSIDE[0]),
        (
            put("cluster/public_access_cidrs", ["203.0.113.0/24", "203.0.113.7"]),
            "cluster.public_access_cidrs[1]",
            "203.0.113.7/32",
        ),
        (
            put("cluster/access/again", GRANT),
            "cluster.access.again.principal_arn",
            GRANT["principal_arn"],
        ),
        (
            put(
                "cluster/access/platform-engineer/namespaces",
                ["production", "jobs", "production"],
            ),
            "cluster.access.platform-engineer.namespaces",
            "production",
        ),
        (
            put("cluster/node_pools/general/instance_types", ["t3.large", "t3.large"]),
            "cluster.node_pools.general.instance_types[1]",
            "t3.large",
        ),
        (put("secrets/namespaces", ["production"] * 2), "secrets.namespaces[1]", "production"),
        (
            put("secrets/secret_prefixes", ["prod/app/", "prod/app/"]),
            "secrets.secret_prefixes[1]",
            "prod/app/",
        ),
        (
            put("secrets/secret_prefixes", ["prod/app/", "prod/"]),
            "secrets.secret_prefixes[0]",
            "prod/app/",
        ),
        (
            put("secrets/external_secrets/other", {**SECRET, "target_name": "app-secrets"}),
            "secrets.external_secrets.other.target_name",
            "app-secrets",
        ),
        (
            put(
                "gitops/projects/default/source_repositories",
                ["https://github.com/org/repo", "https://GitHub.com/org/repo.git"],
            ),
            "gitops.projects.default.source_repositories[1]",
            "https://GitHub.com/org/repo.git",
        ),
        (
            put(
                "gitops/projects/default/destinations",
                [
                    {"namespace": "production"},
                    {"namespace": "production", "server": "https://kubernetes.default.svc/"},
                ],
            ),
            "gitops.projects.default.destinations[1]",
            "production (https://kubernetes.default.svc)",
        ),
        (
            put("gitops/applications/again", {**APPLICATION, "path": "./k8s/overlays/production/"}),
            "gitops.applications.again.path",
            "./k8s/overlays/production/",
        ),
        (
            put_all(
                migrations__job={"image": "migrator:1"},
                migrations__backfills=["users_email", "users_email"],
            ),
            "migrations.backfills[1]",
            "users_email",
        ),
        (
            put("migrations/approved_contracts", ["c6e8f1b35a92", "c6e8f1b35a92"]),
            "migrations.approved_contracts[1]",
            "c6e8f1b35a92",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_named_twice_is_refused_by_field_and_value(
    change: Callable[[dict[str, Any]], None], key: str, value: str
) -> None:
    said = faults_of(change)
    assert any(
        one.startswith(f"{FILE}: groundwork:{key}") and f"{value!r} cannot be used" in one
        for one in said
    ), said


@pytest.mark.parametrize(
    "same",
    [
        "arn:aws:iam::123456789012:role/teams/platform",
        "arn:aws:iam::123456789012:role/Platform",
    ],
)
def test_iam_has_one_role_of_a_name_whatever_its_path_and_case(same: str) -> None:
    """EKS takes one entry for a principal, and the second name leads to the same, or to none."""
    more = AccessGrant(principal_arn=same, policy=AccessPolicy.VIEW)
    with pytest.raises(ArgumentError, match=r"access\.more\.principal_arn.*'platform' names it"):
        cluster_args(access={**cluster_args().access, "more": more})


def test_a_role_and_a_user_and_other_accounts_are_others() -> None:
    others = {
        "user": "arn:aws:iam::123456789012:user/platform",
        "account": "arn:aws:iam::210987654321:role/platform",
    }
    grants = {
        key: AccessGrant(principal_arn=arn, policy=AccessPolicy.VIEW) for key, arn in others.items()
    }
    assert cluster_args(access={**cluster_args().access, **grants})


def test_a_security_group_is_let_in_once() -> None:
    with pytest.raises(ArgumentError, match=r"clients\.b: 'sg-1' .*'a' names the same already"):
        postgresql_args(clients={"a": "sg-1", "b": "sg-1"})


def test_networks_side_by_side_are_no_repetition() -> None:
    halves = [IPv4Network("10.9.0.0/17"), IPv4Network("10.9.128.0/17")]
    assert postgresql_args(client_cidrs=halves).client_cidrs == halves


@pytest.mark.parametrize(
    ("networks", "words"),
    [
        ([f"{first}.0.0.0/8" for first in range(20, 28)], "134,217,728 addresses"),
        (["20.0.0.0/8", "21.0.0.0/32"], "16,777,217 addresses"),
        ([f"20.0.{third}.0/24" for third in range(41)], "EKS takes at most 40 networks"),
    ],
)
def test_public_networks_are_judged_together_too(networks: list[str], words: str) -> None:
    (fault,) = faults_of(put("cluster/public_access_cidrs", networks))
    assert fault.startswith(f"{FILE}: groundwork:cluster.public_access_cidrs: ")
    assert words in fault


def test_one_wide_public_network_may_stand_alone() -> None:
    halves = [IPv4Network("20.0.0.0/9"), IPv4Network("20.128.0.0/9")]
    assert cluster_args(public_access_cidrs=halves).public_access_cidrs == halves


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/org/repo.git",
        "https://github.com/Org/Repo/",
        " https://GITHUB.com/org/repo",
    ],
)
def test_repositories_are_told_apart_as_argo_cd_does(url: str) -> None:
    assert repository_key(url) == "https://github.com/org/repo"
    assert repository_key("git@github.com:org/repo.git") == "ssh://git@github.com/org/repo"
