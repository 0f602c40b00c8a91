"""What a group of applications may deploy, from where and to where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Input, Output, Resource, ResourceOptions

from components.cluster.pod_identity import check_kubernetes_name
from components.component import ArgumentError, Component
from components.kubernetes_object import KubernetesObject

IN_CLUSTER = "https://kubernetes.default.svc"


@dataclass(frozen=True, kw_only=True)
class Destination:
    """A namespace of a cluster, by default of the one that Argo CD runs in."""

    namespace: str
    server: str = IN_CLUSTER


@dataclass(frozen=True, kw_only=True)
class ProjectArgs:
    """`source_repositories`: full addresses. Wildcards need `allow_wildcards`.

    `namespace`: Argo CD's own. The project named `default` exists in every Argo CD and allows
    everything until it is declared here.
    """

    name: str
    namespace: Input[str]
    description: str
    source_repositories: Sequence[str]
    destinations: Sequence[Destination]
    allow_wildcards: bool = False
    wait_for: Sequence[Resource] = ()

    def __post_init__(self) -> None:
        check_kubernetes_name("name", self.name)
        if not self.source_repositories:
            raise ArgumentError("source_repositories", [], "name at least one repository")
        if not self.destinations:
            raise ArgumentError("destinations", [], "name at least one namespace")
        if self.allow_wildcards:
            return
        for repository in self.source_repositories:
            _refuse_wildcard("source_repositories", repository)
        for destination in self.destinations:
            _refuse_wildcard("destinations.namespace", destination.namespace)
            _refuse_wildcard("destinations.server", destination.server)


def _refuse_wildcard(field: str, value: str) -> None:
    if "*" in value:
        raise ArgumentError(field, value, "name each one, or set allow_wildcards")


class Project(Component):
    """An AppProject for namespaced objects only. Output: `project_name`."""

    subject = "gitops"

    project_name: Output[str]

    def __init__(self, name: str, args: ProjectArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts, wait_for=args.wait_for)
        project = KubernetesObject(
            self.child_name("project"),
            api_version="argoproj.io/v1alpha1",
            kind="AppProject",
            metadata={
                "name": args.name,
                "namespace": args.namespace,
                # Argo CD makes `default` by itself: take its fields over instead of failing.
                "annotations": {"pulumi.com/patchForce": "true"},
            },
            spec={
                "description": args.description,
                "sourceRepos": list(args.source_repositories),
                "destinations": [
                    {"server": destination.server, "namespace": destination.namespace}
                    for destination in args.destinations
                ],
                # Empty, not absent: absent would leave what `default` allows.
                "clusterResourceWhitelist": [],
            },
            opts=self.child(),
        )
        self.project_name = project.object_name
        self.register_outputs(self.outputs())
