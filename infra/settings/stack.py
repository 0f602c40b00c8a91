"""All settings of a stack, and what must fit together across subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from components.arguments import Fault
from infra.settings.cluster import ClusterSettings
from infra.settings.database import DatabaseSettings
from infra.settings.gitops import GitopsSettings
from infra.settings.migrations import MigrationSettings
from infra.settings.network import NetworkSettings
from infra.settings.secrets import SecretsSettings
from infra.settings.subject import Subject

SUBJECTS: dict[str, type[Subject]] = {
    "network": NetworkSettings,
    "cluster": ClusterSettings,
    "database": DatabaseSettings,
    "migrations": MigrationSettings,
    "secrets": SecretsSettings,
    "gitops": GitopsSettings,
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A stack's settings. `region`: from `aws:region`. `tags`: for everything that takes tags."""

    region: str
    tags: Mapping[str, str]
    network: NetworkSettings
    cluster: ClusterSettings
    database: DatabaseSettings
    migrations: MigrationSettings
    secrets: SecretsSettings
    gitops: GitopsSettings

    def application_namespaces(self) -> list[str]:
        """Namespaces that applications and their secrets live in, sorted."""
        return sorted(
            {application.destination_namespace for application in self.gitops.applications.values()}
            | set(self.secrets.namespaces)
        )


class CrossFault(NamedTuple):
    """A fault between subjects: the one to change, and all keys that it was concluded from."""

    subject: str
    fault: Fault
    concluded_from: frozenset[str]


def overlap_faults(subjects: Mapping[str, Subject]) -> Iterator[CrossFault]:
    """Networks that overlap, and namespaces that two subjects claim.

    A subject that is missing from `subjects` is not looked at.
    """
    network, cluster = subjects.get("network"), subjects.get("cluster")
    if isinstance(network, NetworkSettings) and isinstance(cluster, ClusterSettings):
        yield from _address_faults(network, cluster)
    yield from _namespace_faults(subjects)


def _address_faults(network: NetworkSettings, cluster: ClusterSettings) -> Iterator[CrossFault]:
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


def _namespace_faults(subjects: Mapping[str, Subject]) -> Iterator[CrossFault]:
    """Applications, and each of the platform's own parts, need namespaces of their own."""
    secrets, gitops = subjects.get("secrets"), subjects.get("gitops")
    migrations = subjects.get("migrations")
    claims: list[tuple[str, str, str]] = []
    applications: set[str] = set()
    if isinstance(secrets, SecretsSettings):
        applications |= set(secrets.namespaces)
        claims.append(("secrets", "operator_namespace", secrets.operator_namespace))
    if isinstance(gitops, GitopsSettings):
        applications |= {one.destination_namespace for one in gitops.applications.values()}
        claims.append(("gitops", "namespace", gitops.namespace))
    if isinstance(migrations, MigrationSettings) and migrations.job is not None:
        claims.append(("migrations", "job.namespace", migrations.job.namespace))
    taken = dict.fromkeys(applications, "applications use it")
    for subject, key, namespace in claims:
        if namespace in taken:
            yield CrossFault(
                subject,
                Fault(key, namespace, f"{taken[namespace]}; name another namespace"),
                frozenset(
                    {f"{subject}.{key.split('.')[0]}", "secrets.namespaces", "gitops.applications"}
                ),
            )
        taken.setdefault(namespace, f"groundwork:{subject}.{key} makes it")
