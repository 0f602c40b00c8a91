"""What EKS itself installs into the cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi_aws as aws
from pulumi import Input, Output, Resource, ResourceOptions

from components.arguments import Args, Fault
from components.cluster.versions import VERSION
from components.component import Component

REQUIRED_ADDONS = ("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent")
ADDON_VERSION = re.compile(r"v(?P<line>\d+\.\d+)\.\d+-eksbuild\.\d+")
# It is numbered, and supported, as the Kubernetes that it belongs to.
NUMBERED_AS_KUBERNETES = "kube-proxy"
# What calls AWS in its own name, and so does nothing without a role; the network plugin has one.
NEED_A_ROLE = frozenset(
    {
        *("aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver"),
        *("aws-mountpoint-s3-csi-driver", "amazon-cloudwatch-observability"),
        *("aws-network-flow-monitoring-agent", "aws-privateca-connector-for-kubernetes"),
        *("amazon-sagemaker-hyperpod-observability", "amazon-sagemaker-hyperpod-training-operator"),
        *("amazon-sagemaker-spaces", "external-dns"),
    }
)
# Without a network plugin no node becomes ready; without the agent the plugin has no permissions.
BEFORE_NODES = frozenset({"vpc-cni", "eks-pod-identity-agent"})


def addon_faults(
    field_name: str, versions: Mapping[str, str], kubernetes: str | None
) -> Iterator[Fault]:
    """Faults: a required add-on without a version, a version that is not exact or of another
    Kubernetes than `kubernetes`, an add-on that needs a role.
    """
    if kubernetes is not None and not VERSION.fullmatch(kubernetes):
        kubernetes = None
    missing = [name for name in REQUIRED_ADDONS if name not in versions]
    if missing:
        yield Fault(field_name, sorted(versions), f"give also the version of {', '.join(missing)}")
    for name, version in versions.items():
        path, parts = f"{field_name}.{name}", ADDON_VERSION.fullmatch(version)
        if parts is None:
            yield Fault(path, version, "give an exact version: 'v1.22.4-eksbuild.3'")
        elif name == NUMBERED_AS_KUBERNETES and kubernetes not in (None, parts["line"]):
            yield Fault(
                path,
                version,
                f"it belongs to Kubernetes {parts['line']}, and the cluster is of {kubernetes};"
                f" name a build of v{kubernetes}",
            )
        if name in NEED_A_ROLE or name.endswith("-csi-driver"):
            yield Fault(
                path,
                version,
                "it calls AWS in its own name, and needs an IAM role that cannot be given here yet:"
                " without one it is installed and never works; take it out, and install it with its"
                " role by other means",
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
