"""All settings of a stack, and what must fit together across subjects."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from ipaddress import IPv4Network
from typing import NamedTuple

from components.arguments import Fault, Settings, below
from components.cluster import ClusterSettings, grants_partition_faults, taken_namespace_faults
from components.cluster.zones import cluster_zone_faults
from components.database import PostgresqlSettings
from components.network import VpcSettings
from components.network.layout import zone_faults
from components.partition import registry_faults
from infra.settings.gitops import GitopsSettings
from infra.settings.migrations import MigrationsSettings
from infra.settings.secrets import SecretsSettings


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """A stack's settings. `region`: from `aws:region`. `tags`: for everything that takes tags.
    `allow_replace`: names of resources with state that may be replaced or deleted.

    A subject with a default, or `| None = None`, is one that a stack file may leave out.
    """

    region: str
    tags: Mapping[str, str]
    network: VpcSettings
    cluster: ClusterSettings
    database: PostgresqlSettings
    migrations: MigrationsSettings
    secrets: SecretsSettings
    gitops: GitopsSettings
    allow_replace: Sequence[str] = ()

    def application_namespaces(self) -> list[str]:
        """Namespaces that applications and their secrets live in, sorted."""
        return sorted(
            {application.destination_namespace for application in self.gitops.applications.values()}
            | set(self.secrets.store.namespaces)
        )


class Subject(NamedTuple):
    """What a stack file says at one key. `required`: it has to say something."""

    settings: type[Settings]
    required: bool


def subjects_of(stack: type[StackSettings]) -> dict[str, Subject]:
    """The subjects of a stack, by key: its fields that are settings, required without a default."""
    hints = typing.get_type_hints(stack)
    return {
        field.name: Subject(kind, field.default is field.default_factory is MISSING)
        for field in fields(stack)
        for kind in (hints[field.name], *typing.get_args(hints[field.name]))
        if isinstance(kind, type) and issubclass(kind, Settings)
    }


# Who may come from inside, and how those outside do.
CLIENTS: Mapping[tuple[str, str], str] = {
    ("cluster", "private_access_cidrs"): "`public_access_cidrs`",
    ("database", "client_cidrs"): "`groundwork:migrations.job`",
}


class CrossFault(NamedTuple):
    """A fault between subjects: the one to change, and all keys that it was concluded from."""

    subject: str
    fault: Fault
    concluded_from: frozenset[str]


def cross_faults(subjects: Mapping[str, Settings], region: str | None) -> Iterator[CrossFault]:
    """Zones outside the region, principals and images of another partition, networks that overlap
    or get no answer, namespaces that two subjects, or Kubernetes itself, claim, and nodes that are
    too few.

    A subject that is missing from `subjects` is not looked at, nor what lies in a region if that is
    not known.
    """
    network, cluster = subjects.get("network"), subjects.get("cluster")
    gitops = subjects.get("gitops")
    if region is not None:
        yield from _region_faults(network, cluster, region)
        yield from _image_faults(subjects.get("migrations"), region)
    if isinstance(network, VpcSettings) and isinstance(cluster, ClusterSettings):
        yield from _address_faults(network, cluster)
        for fault in cluster_zone_faults("availability_zones", network.availability_zones):
            yield CrossFault("network", fault, frozenset({"network.availability_zones"}))
    if isinstance(network, VpcSettings):
        for subject, key in CLIENTS:
            yield from _reach_faults(network, subject, key, subjects.get(subject))
    if isinstance(cluster, ClusterSettings) and isinstance(gitops, GitopsSettings):
        yield from _node_faults(cluster, gitops)
    yield from _namespace_faults(subjects)


def _region_faults(
    network: Settings | None, cluster: Settings | None, region: str
) -> Iterator[CrossFault]:
    if isinstance(network, VpcSettings):
        for fault in zone_faults(network.availability_zones, region):
            yield CrossFault("network", fault, frozenset({"network.availability_zones"}))
    if isinstance(cluster, ClusterSettings):
        for fault in below("access", grants_partition_faults(cluster.access, region)):
            yield CrossFault("cluster", fault, frozenset({"cluster.access"}))


def _image_faults(migrations: Settings | None, region: str) -> Iterator[CrossFault]:
    if isinstance(migrations, MigrationsSettings) and migrations.job is not None:
        for fault in registry_faults("job.image", migrations.job.image, region):
            yield CrossFault("migrations", fault, frozenset({"migrations.job"}))


def _address_faults(network: VpcSettings, cluster: ClusterSettings) -> Iterator[CrossFault]:
    if cluster.service_cidr.overlaps(network.cidr):
        yield CrossFault(
            "cluster",
            Fault(
                "service_cidr",
                str(cluster.service_cidr),
                f"it overlaps the VPC's addresses {network.cidr} (groundwork:network.cidr)",
            ),
            frozenset({"cluster.service_cidr", "network.cidr"}),
        )


def _reach_faults(
    network: VpcSettings, subject: str, key: str, settings: Settings | None
) -> Iterator[CrossFault]:
    """Clients outside the VPC: neither the API server's nor the database's subnets lead there."""
    clients: Sequence[IPv4Network] = getattr(settings, key, ())
    for position, client in enumerate(clients):
        if not client.subnet_of(network.cidr):
            yield CrossFault(
                subject,
                Fault(
                    f"{key}[{position}]",
                    str(client),
                    f"it lies outside the VPC ({network.cidr}, groundwork:network.cidr), to which"
                    " there is no route back yet, so that it would get no answer; name parts of the"
                    f" VPC, and use {CLIENTS[subject, key]} for who is outside",
                ),
                frozenset({f"{subject}.{key}", "network.cidr"}),
            )


def _node_faults(cluster: ClusterSettings, gitops: GitopsSettings) -> Iterator[CrossFault]:
    """Argo CD's replicated Redis puts each of its three servers on a node of its own."""
    nodes = sum(pool.size for pool in cluster.node_pools.values())
    if gitops.highly_available and nodes < 3:
        yield CrossFault(
            "gitops",
            Fault(
                "highly_available",
                True,
                "it needs three nodes, and all pools of groundwork:cluster.node_pools together run"
                f" {nodes}",
            ),
            frozenset({"gitops.highly_available", "cluster.node_pools"}),
        )


class _Claim(NamedTuple):
    """A namespace that the program makes, and the key that names it."""

    subject: str
    key: str
    namespace: str


def _namespace_faults(subjects: Mapping[str, Settings]) -> Iterator[CrossFault]:
    """Applications, and each of the platform's own parts, need namespaces of their own."""
    applications, parts = _claims(subjects)
    for claim in [*applications, *parts]:
        for fault in taken_namespace_faults(claim.key, claim.namespace):
            yield CrossFault(claim.subject, fault, frozenset({_setting(claim)}))
    taken = dict.fromkeys((one.namespace for one in applications), "applications use it")
    for claim in parts:
        if claim.namespace in taken:
            yield CrossFault(
                claim.subject,
                Fault(
                    claim.key, claim.namespace, f"{taken[claim.namespace]}; name another namespace"
                ),
                frozenset({_setting(claim), "secrets.namespaces", "gitops.applications"}),
            )
        taken.setdefault(claim.namespace, f"groundwork:{claim.subject}.{claim.key} makes it")


def _claims(subjects: Mapping[str, Settings]) -> tuple[list[_Claim], list[_Claim]]:
    """What applications claim, and what the platform's own parts do."""
    secrets, gitops = subjects.get("secrets"), subjects.get("gitops")
    migrations = subjects.get("migrations")
    applications: list[_Claim] = []
    parts: list[_Claim] = []
    if isinstance(secrets, SecretsSettings):
        applications += [
            _Claim("secrets", f"namespaces[{position}]", namespace)
            for position, namespace in enumerate(secrets.store.namespaces)
        ]
        parts.append(_Claim("secrets", "operator_namespace", secrets.operator.namespace))
    if isinstance(gitops, GitopsSettings):
        applications += [
            _Claim(
                "gitops", f"applications.{name}.destination_namespace", one.destination_namespace
            )
            for name, one in gitops.applications.items()
        ]
        parts.append(_Claim("gitops", "namespace", gitops.namespace))
    if isinstance(migrations, MigrationsSettings) and migrations.job is not None:
        parts.append(_Claim("migrations", "job.namespace", migrations.job.namespace))
    return applications, parts


def _setting(claim: _Claim) -> str:
    """The setting below which the claim's key lies, such as `secrets.namespaces`."""
    return f"{claim.subject}.{re.split(r'[.[]', claim.key)[0]}"
