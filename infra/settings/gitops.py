"""`groundwork:gitops`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pulumi import Input
from pydantic import Field

from components.arguments import Fault
from components.chart import Chart
from components.gitops import (
    ApplicationArgs,
    ArgoCdArgs,
    Destination,
    ProjectArgs,
    Retry,
)
from components.gitops.project import IN_CLUSTER
from infra.settings.subject import Duration, Foundation, StrictModel, Subject, attempt


class ProjectSettings(StrictModel):
    """What a group of applications may deploy."""

    description: str = Field(description="What the project is for")
    source_repositories: list[str] = Field(description="Git repositories it may deploy from")
    destinations: list[Destination] = Field(description="Namespaces it may deploy to")
    allow_wildcards: bool = Field(default=False, description="Let the two lists contain `*`")

    def project(self, *, name: str, namespace: Input[str]) -> ProjectArgs:
        """Arguments of the AppProject."""
        return ProjectArgs(
            name=name,
            namespace=namespace,
            description=self.description,
            source_repositories=self.source_repositories,
            destinations=self.destinations,
            allow_wildcards=self.allow_wildcards,
        )


class RetrySettings(StrictModel):
    """What happens when a sync fails."""

    limit: int = Field(default=5, description="How often it is tried again")
    duration: Duration = Field(
        default=timedelta(seconds=5), description="Wait before the first retry"
    )
    factor: int = Field(default=2, description="How many times longer each further wait is")
    max_duration: Duration = Field(default=timedelta(minutes=3), description="Longest wait")

    def retry(self) -> Retry:
        """The component's form of it."""
        return Retry(
            limit=self.limit,
            duration=self.duration,
            factor=self.factor,
            max_duration=self.max_duration,
        )


class ApplicationSettings(StrictModel):
    """An application that Argo CD deploys."""

    project: str = Field(description="One of `projects`")
    repository: str = Field(description="Git repository; the project must allow it")
    path: str = Field(description="Folder in the repository")
    revision: str = Field(default="HEAD", description="Branch, tag or commit")
    destination_namespace: str = Field(
        description="Where it runs; the project must allow it. It is made; one that neither an"
        " application nor `secrets.namespaces` names any more is deleted with everything in it"
    )
    prune: bool = Field(default=True, description="What leaves Git leaves the cluster")
    self_heal: bool = Field(default=True, description="What is changed by hand is put back")
    retry: RetrySettings = Field(default_factory=RetrySettings, description="When a sync fails")

    def application(
        self,
        *,
        name: str,
        namespace: Input[str],
        project: Input[str],
        destination_namespace: Input[str],
    ) -> ApplicationArgs:
        """Arguments of the Application."""
        return ApplicationArgs(
            name=name,
            namespace=namespace,
            project=project,
            repository=self.repository,
            path=self.path,
            revision=self.revision,
            destination_namespace=destination_namespace,
            prune=self.prune,
            self_heal=self.self_heal,
            retry=self.retry.retry(),
        )


class GitopsSettings(Subject):
    """Argo CD, its projects and applications."""

    chart: Chart = Field(
        description="Helm repository and exact version of the chart `argo-cd`",
        examples=[{"repository": "https://argoproj.github.io/argo-helm", "version": "10.1.1"}],
    )
    namespace: str = Field(
        default="argocd",
        description="Where Argo CD runs; cannot be changed once the chart is installed: Helm"
        " refuses CRDs that belong to the release in the other namespace",
    )
    highly_available: bool = Field(
        default=False,
        description="Two of each server and a replicated Redis; needs three nodes in all of"
        " `cluster.node_pools` together",
    )
    projects: dict[str, ProjectSettings] = Field(
        default={},
        description="Projects by name; `default` allows everything until it is declared here",
    )
    applications: dict[str, ApplicationSettings] = Field(
        default={}, description="Applications by name"
    )

    def faults(self, foundation: Foundation) -> Iterator[Fault]:
        yield from attempt(self.argo_cd)
        for name, project in self.projects.items():
            yield from attempt(
                lambda name=name, project=project: project.project(
                    name=name, namespace=self.namespace
                ),
                f"projects.{name}",
            )
        for name, application in self.applications.items():
            path = f"applications.{name}"
            yield from attempt(
                lambda name=name, application=application: application.application(
                    name=name,
                    namespace=self.namespace,
                    project=application.project,
                    destination_namespace=application.destination_namespace,
                ),
                path,
            )
            yield from self._project_faults(path, application)

    def _project_faults(self, path: str, application: ApplicationSettings) -> Iterator[Fault]:
        project = self.projects.get(application.project)
        if project is None:
            known = ", ".join(self.projects) or "none yet"
            yield Fault(
                f"{path}.project", application.project, f"declare it in `projects` ({known})"
            )
            return
        if project.allow_wildcards:
            return
        if application.repository not in project.source_repositories:
            yield Fault(
                f"{path}.repository",
                application.repository,
                f"project {application.project} does not allow it (`source_repositories`)",
            )
        here = Destination(namespace=application.destination_namespace, server=IN_CLUSTER)
        if here not in project.destinations:
            yield Fault(
                f"{path}.destination_namespace",
                application.destination_namespace,
                f"project {application.project} does not allow it (`destinations`)",
            )

    def argo_cd(self) -> ArgoCdArgs:
        """Arguments of Argo CD."""
        return ArgoCdArgs(
            chart=self.chart, namespace=self.namespace, highly_available=self.highly_available
        )
