"""`groundwork:gitops`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from components import gitops
from components.arguments import Fault, Setting, below, kubernetes_name_faults
from components.gitops import ArgoCdSettings, Destination, ProjectSettings
from components.gitops.project import IN_CLUSTER
from components.gitops.repository import repository_key


@dataclass(frozen=True, kw_only=True)
class ApplicationSettings(gitops.ApplicationSettings):
    """An application that Argo CD deploys."""

    project: Annotated[str, Setting("One of `projects`")]
    destination_namespace: Annotated[
        str,
        Setting(
            "Where it runs; the project must allow it. It is made; one that neither an application"
            " nor `secrets.namespaces` names any more is deleted with everything in it, volumes"
            " too, once `groundwork:allow_replace` has it"
        ),
    ]

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("destination_namespace", self.destination_namespace)
        yield from super().faults()


@dataclass(frozen=True, kw_only=True)
class GitopsSettings(ArgoCdSettings):
    """Argo CD, its projects and applications."""

    projects: Annotated[
        Mapping[str, ProjectSettings],
        Setting("Projects by name; `default` allows everything until it is declared here"),
    ] = field(default_factory=dict)
    applications: Annotated[Mapping[str, ApplicationSettings], Setting("Applications by name")] = (
        field(default_factory=dict)
    )

    def faults(self) -> Iterator[Fault]:
        yield from super().faults()
        for name, project in self.projects.items():
            yield from below(f"projects.{name}", kubernetes_name_faults("name", name))
            yield from below(f"projects.{name}", project.faults())
        for name, application in self.applications.items():
            path = f"applications.{name}"
            yield from below(path, kubernetes_name_faults("name", name))
            yield from below(path, application.faults())
            yield from below(path, self._project_faults(application))
        yield from self._source_faults()

    def _source_faults(self) -> Iterator[Fault]:
        """Two applications that would deploy, and fight over, the same objects."""
        owners: dict[tuple[str, str, str], str] = {}
        for name, application in self.applications.items():
            source = (
                repository_key(application.repository),
                posixpath.normpath(application.path),
                application.destination_namespace,
            )
            owner = owners.setdefault(source, name)
            if owner != name:
                yield Fault(
                    f"applications.{name}.path",
                    application.path,
                    f"{owner!r} deploys this folder of this repository to"
                    f" {application.destination_namespace} already",
                )

    def _project_faults(self, application: ApplicationSettings) -> Iterator[Fault]:
        project = self.projects.get(application.project)
        if project is None:
            known = ", ".join(self.projects) or "none yet"
            yield Fault("project", application.project, f"declare it in `projects` ({known})")
            return
        if project.allow_wildcards:
            return
        allowed = set(map(repository_key, project.source_repositories))
        if repository_key(application.repository) not in allowed:
            yield Fault(
                "repository",
                application.repository,
                f"project {application.project} does not allow it (`source_repositories`)",
            )
        here = Destination(namespace=application.destination_namespace, server=IN_CLUSTER)
        if here not in project.destinations:
            yield Fault(
                "destination_namespace",
                application.destination_namespace,
                f"project {application.project} does not allow it (`destinations`)",
            )
