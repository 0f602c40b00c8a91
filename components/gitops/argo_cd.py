"""Argo CD itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import pulumi_kubernetes as kubernetes
from pulumi import Output, ResourceOptions

from components.arguments import Args, Fault, Setting, Settings, kubernetes_name_faults
from components.chart import Chart, oldest_chart_faults, release
from components.cluster import Namespace, NamespaceArgs
from components.component import Component

# Of the chart, whose versions are not Argo CD's.
OLDEST_CHART = (5, 46, 1)


@dataclass(frozen=True, kw_only=True)
class ArgoCdSettings(Settings):
    """Argo CD."""

    chart: Annotated[
        Chart,
        Setting(
            "Helm repository and exact version of the chart `argo-cd`, 5.46.1 or later",
            example={"repository": "https://argoproj.github.io/argo-helm", "version": "10.1.1"},
        ),
    ]
    namespace: Annotated[
        str,
        Setting(
            "Where Argo CD runs; cannot be changed once the chart is installed: Helm refuses CRDs"
            " that belong to the release in the other namespace"
        ),
    ] = "argocd"
    highly_available: Annotated[
        bool,
        Setting(
            "Two of each server and a replicated Redis; needs three nodes in all of"
            " `cluster.node_pools` together"
        ),
    ] = False

    def faults(self) -> Iterator[Fault]:
        yield from oldest_chart_faults(
            "chart",
            self.chart,
            oldest=OLDEST_CHART,
            reason="older ones take no notice of `applicationSet.replicas`, which is set",
        )
        yield from kubernetes_name_faults("namespace", self.namespace)


@dataclass(frozen=True, kw_only=True)
class ArgoCdArgs(ArgoCdSettings, Args):
    """ArgoCdSettings."""


class ArgoCd(Component):
    """Namespace and Helm release of Argo CD, with its CRDs, which outlive the release.

    Output: `namespace`. `ready`: the release, which brings the CRDs.
    """

    subject = "gitops"

    namespace: Output[str]
    ready: kubernetes.helm.v3.Release

    def __init__(self, name: str, args: ArgoCdArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        namespace = Namespace(
            self.child_name(args.namespace), NamespaceArgs(name=args.namespace), opts=self.child()
        )
        replicas = 2 if args.highly_available else 1
        self.ready = release(
            self.child_name("release"),
            args.chart,
            chart_name="argo-cd",
            namespace=namespace.namespace,
            values={
                "fullnameOverride": "argocd",
                "crds": {"install": True, "keep": True},
                # Nothing would enforce them: the network plugin does so only when it is told to.
                "global": {"networkPolicy": {"create": False}},
                "redis-ha": {"enabled": args.highly_available},
                "server": {"replicas": replicas},
                "repoServer": {"replicas": replicas},
                "applicationSet": {"replicas": replicas},
            },
            opts=self.child(),
        )
        self.namespace = namespace.namespace
        self.register_outputs(self.outputs())
