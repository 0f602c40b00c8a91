"""All settings of a stack, and what must fit together across subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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


def overlap_faults(subjects: Mapping[str, Subject]) -> Iterator[tuple[str, Fault]]:
    """Networks that overlap, and namespaces that two subjects claim; with the subject to change.

    A subject that is missing from `subjects` is not looked at.
    """
    network, cluster = subjects.get("network"), subjects.get("cluster")
    if (
        isinstance(network, NetworkSettings)
        and isinstance(cluster, ClusterSettings)
        and cluster.service_cidr.overlaps(network.cidr)
    ):
        yield (
            "cluster",
            Fault(
                "service_cidr",
                str(cluster.service_cidr),
                f"it overlaps the VPC's addresses {network.cidr} (groundwork:network.cidr)",
            ),
        )
    secrets, gitops = subjects.get("secrets"), subjects.get("gitops")
    if isinstance(secrets, SecretsSettings) and isinstance(gitops, GitopsSettings):
        applications = {one.destination_namespace for one in gitops.applications.values()}
        for subject, field, namespace in (
            ("secrets", "operator_namespace", secrets.operator_namespace),
            ("gitops", "namespace", gitops.namespace),
        ):
            if namespace in applications | set(secrets.namespaces):
                yield (
                    subject,
                    Fault(field, namespace, "applications use this namespace; name another one"),
                )
