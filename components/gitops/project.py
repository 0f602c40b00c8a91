"""What a group of applications may deploy, from where and to where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pulumi import Input, Output, ResourceOptions

from components.arguments import (
    Args,
    Fault,
    Setting,
    Settings,
    kubernetes_name_faults,
    repeated_faults,
)
from components.component import Component
from components.gitops.repository import CREDENTIALS_BELONG, address_faults, repository_key
from components.kubernetes_object import KubernetesObject

IN_CLUSTER = "https://kubernetes.default.svc"

SERVER = re.compile(r"https?://[^\s/]+(?:/\S*)?")
# By the definition of an AppProject.
MOST_DESCRIPTION = 255
# What Argo CD's matching takes for more than itself: gobwas/glob, and `!` before what is denied.
PATTERN = re.compile(r"[*?\[\]{}\\]|^!")


def is_pattern(text: str) -> bool:
    """Whether Argo CD would match more, or other, than this text alone."""
    return PATTERN.search(text) is not None


@dataclass(frozen=True, kw_only=True)
class Destination(Args):
    """A namespace of a cluster."""

    credentials_belong: ClassVar[str] = CREDENTIALS_BELONG

    namespace: Annotated[str, Setting("The namespace")]
    server: Annotated[
        str, Setting("The cluster's API, by default that of the one that Argo CD runs in")
    ] = IN_CLUSTER


@dataclass(frozen=True, kw_only=True)
class ProjectSettings(Settings):
    """What a group of applications may deploy."""

    credentials_belong: ClassVar[str] = CREDENTIALS_BELONG

    description: Annotated[str, Setting("What the project is for", verbatim=True)]
    source_repositories: Annotated[Sequence[str], Setting("Git repositories it may deploy from")]
    destinations: Annotated[Sequence[Destination], Setting("Namespaces it may deploy to")]
    allow_wildcards: Annotated[
        bool,
        Setting(
            "Let the two lists contain patterns: `*`, `?`, `[…]`, `{…}`, `!` before what is not"
        ),
    ] = False

    def faults(self) -> Iterator[Fault]:
        if not self.source_repositories:
            yield Fault("source_repositories", [], "name at least one repository")
        if not self.destinations:
            yield Fault("destinations", [], "name at least one namespace")
        yield from repeated_faults(
            "source_repositories", self.source_repositories, same=repository_key
        )
        yield from repeated_faults(
            "destinations",
            [f"{one.namespace} ({one.server.rstrip('/')})" for one in self.destinations],
        )
        if len(self.description) > MOST_DESCRIPTION:
            yield Fault(
                "description",
                len(self.description),
                f"Argo CD takes at most {MOST_DESCRIPTION} characters",
            )
        yield from self._address_faults()
        if not self.allow_wildcards:
            yield from self._wildcard_faults()
            yield from self._namespace_faults()

    def _address_faults(self) -> Iterator[Fault]:
        for position, repository in enumerate(self.source_repositories):
            if not is_pattern(repository):
                yield from address_faults(f"source_repositories[{position}]", repository)
        for position, destination in enumerate(self.destinations):
            if not is_pattern(destination.server) and not SERVER.fullmatch(destination.server):
                yield Fault(
                    f"destinations[{position}].server",
                    destination.server,
                    f"give the address of a cluster's API, such as {IN_CLUSTER}",
                )

    def _wildcard_faults(self) -> Iterator[Fault]:
        named = {
            f"source_repositories[{position}]": repository
            for position, repository in enumerate(self.source_repositories)
        }
        for position, destination in enumerate(self.destinations):
            named[f"destinations[{position}].namespace"] = destination.namespace
            named[f"destinations[{position}].server"] = destination.server
        for field_name, value in named.items():
            if is_pattern(value):
                yield Fault(field_name, value, "name each one, or set allow_wildcards")

    def _namespace_faults(self) -> Iterator[Fault]:
        for position, destination in enumerate(self.destinations):
            if not is_pattern(destination.namespace):
                yield from kubernetes_name_faults(
                    f"destinations[{position}].namespace", destination.namespace
                )


@dataclass(frozen=True, kw_only=True)
class ProjectArgs(ProjectSettings, Args):
    """`name`: the one named `default` exists in every Argo CD and allows everything until it is
    declared here. `namespace`: Argo CD's own.
    """

    name: str
    namespace: Input[str]

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("name", self.name)
        yield from super().faults()


class Project(Component):
    """An AppProject for namespaced objects only. Output: `project_name`."""

    subject = "gitops"

    project_name: Output[str]

    def __init__(self, name: str, args: ProjectArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
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
                # A store of a namespace's own would read with the operator's rights, past the
                # list of namespaces that the cluster's store has.
                "namespaceResourceBlacklist": [
                    {"group": "external-secrets.io", "kind": "SecretStore"}
                ],
            },
            opts=self.child(),
        )
        self.project_name = project.object_name
        self.register_outputs(self.outputs())
