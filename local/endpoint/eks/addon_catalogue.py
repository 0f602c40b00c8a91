"""The add-ons that the local EKS offers.

Names, numbering and cluster ranges are those of EKS; not every build listed here was
published, so that a version which a stack pins need not be newer than this file.
"""

from dataclasses import dataclass

from local.endpoint.eks.versions import SUPPORTED, minor

BUILDS = 30


@dataclass(frozen=True, kw_only=True)
class AddonKind:
    """An add-on that can be installed.

    lines: its minor versions with the highest patch of each, newest first.
    service_accounts: those that may be given a role by Pod Identity.
    """

    name: str
    category: str
    lines: tuple[tuple[str, int], ...]
    namespace: str = "kube-system"
    service_accounts: tuple[str, ...] = ()

    def versions(self) -> dict[str, tuple[str, ...]]:
        """Every version, newest first, with the Kubernetes versions that it runs on."""
        return {
            f"v{line}.{patch}-eksbuild.{build}": self._clusters(line)
            for line, highest in self.lines
            for patch in range(highest, -1, -1)
            for build in range(BUILDS, 0, -1)
        }

    def fitting(self, cluster_version: str) -> list[str]:
        """The versions that run on a cluster, newest first."""
        return [v for v, clusters in self.versions().items() if cluster_version in clusters]

    def _clusters(self, line: str) -> tuple[str, ...]:
        if self.name != "kube-proxy":
            return SUPPORTED
        # It follows the cluster, and may be up to three minor versions older.
        return tuple(c for c in SUPPORTED if 0 <= minor(c) - minor(line) <= 3)


CATALOGUE = {
    kind.name: kind
    for kind in (
        AddonKind(
            name="vpc-cni",
            category="networking",
            lines=(("1.22", 4), ("1.21", 3), ("1.20", 6), ("1.19", 6)),
            service_accounts=("aws-node",),
        ),
        AddonKind(
            name="coredns",
            category="networking",
            lines=(("1.14", 3), ("1.13", 4), ("1.12", 4), ("1.11", 4)),
        ),
        AddonKind(
            name="kube-proxy",
            category="networking",
            lines=tuple((version, 12) for version in reversed(SUPPORTED)),
        ),
        AddonKind(
            name="eks-pod-identity-agent",
            category="security",
            lines=(("1.3", 12), ("1.2", 0)),
        ),
        AddonKind(
            name="eks-node-monitoring-agent",
            category="observability",
            lines=(("1.6", 2), ("1.5", 2), ("1.4", 4)),
        ),
        AddonKind(
            name="aws-ebs-csi-driver",
            category="storage",
            lines=tuple((f"1.{line}", 2) for line in range(65, 37, -1)),
            service_accounts=("ebs-csi-controller-sa",),
        ),
        AddonKind(
            name="aws-efs-csi-driver",
            category="storage",
            lines=(("3.1", 0), ("3.0", 0), ("2.3", 1), ("2.2", 0), ("2.1", 15)),
            service_accounts=("efs-csi-controller-sa", "efs-csi-node-sa"),
        ),
        AddonKind(
            name="snapshot-controller",
            category="storage",
            lines=(("8.5", 0), ("8.4", 0), ("8.3", 0), ("8.2", 1)),
        ),
        AddonKind(
            name="metrics-server",
            category="observability",
            lines=(("0.9", 0), ("0.8", 2), ("0.7", 2)),
        ),
        AddonKind(
            name="amazon-cloudwatch-observability",
            category="observability",
            namespace="amazon-cloudwatch",
            lines=(("5.3", 2), ("5.2", 1), ("4.10", 3), ("4.9", 1)),
            service_accounts=("cloudwatch-agent",),
        ),
        AddonKind(
            name="external-dns",
            category="networking",
            namespace="external-dns",
            lines=(("0.20", 0), ("0.19", 0), ("0.18", 0)),
            service_accounts=("external-dns",),
        ),
        AddonKind(
            name="cert-manager",
            category="security",
            namespace="cert-manager",
            lines=(("1.20", 2), ("1.19", 4), ("1.18", 4)),
        ),
    )
}
