"""What EKS itself installs into the cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi_aws as aws
from pulumi import Input, Output, Resource, ResourceOptions

from components.arguments import Args, Fault
from components.component import Component

REQUIRED_ADDONS = ("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent")
ADDON_VERSION = re.compile(r"^v\d+\.\d+\.\d+-eksbuild\.\d+$")
# Without a network plugin no node becomes ready; without the agent the plugin has no permissions.
BEFORE_NODES = frozenset({"vpc-cni", "eks-pod-identity-agent"})


def addon_faults(field_name: str, versions: Mapping[str, str]) -> Iterator[Fault]:
    """Faults: a required add-on without a version, a version that is not exact."""
    missing = [name for name in REQUIRED_ADDONS if name not in versions]
    if missing:
        yield Fault(field_name, sorted(versions), f"give also the version of {', '.join(missing)}")
    for name, version in versions.items():
        if not ADDON_VERSION.match(version):
            yield Fault(
                f"{field_name}.{name}", version, "give an exact version: 'v1.20.4-eksbuild.1'"
            )


@dataclass(frozen=True, kw_only=True)
class ClusterAddonsArgs(Args):
    """`versions`: by add-on name, exact, such as `v1.20.4-eksbuild.1`; or None for EKS's own choice
    when it makes the add-on.
    """

    cluster_name: Input[str]
    versions: Mapping[str, str | None]
    tags: Mapping[str, str] = field(default_factory=dict)


class ClusterAddons(Component):
    """Some of a cluster's add-ons. Output: `versions`, by add-on name. `ready`: the add-ons.

    What somebody changed by hand in an add-on's objects is overwritten at its next update.
    """

    subject = "cluster"

    versions: Output[dict[str, str]]
    ready: Sequence[Resource]

    def __init__(
        self, name: str, args: ClusterAddonsArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts, tags=args.tags)
        addons: dict[str, aws.eks.Addon] = {}
        for addon, version in args.versions.items():
            addon_name = self.child_name(addon)
            addons[addon] = aws.eks.Addon(
                addon_name,
                cluster_name=args.cluster_name,
                addon_name=addon,
                addon_version=version,
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="OVERWRITE",
                tags=self.tags(addon_name),
                opts=self.child(),
            )
        self.ready = list(addons.values())
        self.versions = Output.all(**{key: addon.addon_version for key, addon in addons.items()})
        self.register_outputs(self.outputs())
