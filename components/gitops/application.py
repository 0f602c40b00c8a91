"""An application that Argo CD keeps in step with a Git repository."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from pulumi import CustomTimeouts, Input, Output, ResourceOptions, log

from components.arguments import Args, Fault, Setting, Settings, kubernetes_name_faults
from components.component import Component
from components.duration import duration_faults, format_duration
from components.gitops.project import IN_CLUSTER
from components.gitops.repository import CREDENTIALS_BELONG, address_faults
from components.kubernetes_object import KubernetesObject

# Argo CD deletes an application's objects before it lets go of the application itself.
CASCADE = "resources-finalizer.argocd.argoproj.io"
WAIT_FOR = "pulumi.com/waitFor"
# A commit, a tag by its full name, or a name such as tags of releases have. Nobody moves those.
PINNED = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}|refs/tags/.+|v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")


@dataclass(frozen=True, kw_only=True)
class Retry(Args):
    """What happens when a sync fails."""

    limit: Annotated[int, Setting("How often it is tried again")] = 5
    duration: Annotated[timedelta, Setting("Wait before the first retry")] = timedelta(seconds=5)
    factor: Annotated[int, Setting("How many times longer each further wait is")] = 2
    max_duration: Annotated[timedelta, Setting("Longest wait")] = timedelta(minutes=3)

    def faults(self) -> Iterator[Fault]:
        if self.limit < 0:
            yield Fault("limit", self.limit, "give 0 or more")
        if self.factor < 1:
            yield Fault("factor", self.factor, "give 1 or more")
        yield from duration_faults("duration", self.duration)
        yield from duration_faults("max_duration", self.max_duration)
        if self.duration > self.max_duration:
            yield Fault(
                "duration",
                format_duration(self.duration),
                f"it exceeds max_duration ({format_duration(self.max_duration)})",
            )


@dataclass(frozen=True, kw_only=True)
class ApplicationSettings(Settings):
    """An application that Argo CD deploys."""

    credentials_belong: ClassVar[str] = CREDENTIALS_BELONG

    repository: Annotated[str, Setting("Git repository; the project must allow it")]
    path: Annotated[str, Setting("Folder in the repository")]
    revision: Annotated[
        str,
        Setting(
            "Commit, or tag of a release; what a branch leads to is deployed at any time, also"
            " before the schema is expanded, and a preview warns of it"
        ),
    ] = "HEAD"
    prune: Annotated[bool, Setting("What leaves Git leaves the cluster")] = True
    self_heal: Annotated[bool, Setting("What is changed by hand is put back")] = True
    cascade: Annotated[
        bool,
        Setting(
            "An application that is taken out of the stack takes its objects along; with `false`"
            " they run on, and nobody keeps them in step. Deploy `false` before you rename an"
            " application, lest the old name takes what the new one has taken over, and where no"
            " Argo CD runs, as on the local platform: a removal would wait for it in vain"
        ),
    ] = True
    retry: Annotated[Retry, Setting("When a sync fails")] = Retry()
    wait_for_sync: Annotated[
        bool,
        Setting(
            "A deployment goes on, to backfill and contract, once Argo CD shows this revision as"
            " synced and healthy; `false` where no Argo CD runs, as on the local platform"
        ),
    ] = True
    sync_timeout: Annotated[
        timedelta, Setting("How long that may take until the deployment fails")
    ] = timedelta(minutes=10)

    def faults(self) -> Iterator[Fault]:
        inside = posixpath.normpath(self.path)
        if not self.path.strip():
            yield Fault("path", self.path, "name a folder of the repository; '.' is all of it")
        elif inside.startswith("/") or inside.split("/")[0] == "..":
            yield Fault("path", self.path, "give a path inside the repository")
        yield from address_faults("repository", self.repository)
        if not self.revision.strip():
            yield Fault("revision", self.revision, "name a commit or a tag, or leave it out")
        yield from duration_faults("sync_timeout", self.sync_timeout)
        for field in ("revision", "path"):
            # What Pulumi waits for is written `{.field}=value`.
            if self.wait_for_sync and "=" in getattr(self, field):
                yield Fault(
                    field,
                    getattr(self, field),
                    "a sync of a name with = cannot be waited for: set wait_for_sync to false",
                )


@dataclass(frozen=True, kw_only=True)
class ApplicationArgs(ApplicationSettings, Args):
    """`namespace`: Argo CD's own. `project`: must allow the repository and the destination.

    `destination_namespace`: where the application runs, in the cluster of `destination_server`.
    """

    name: str
    namespace: Input[str]
    project: Input[str]
    destination_namespace: Input[str]
    destination_server: str = IN_CLUSTER

    def faults(self) -> Iterator[Fault]:
        yield from kubernetes_name_faults("name", self.name)
        if isinstance(self.destination_namespace, str):
            yield from kubernetes_name_faults("destination_namespace", self.destination_namespace)
        yield from super().faults()


class Application(Component):
    """An Argo CD Application that syncs by itself. Output: `application_name`.

    It is there once Argo CD shows its revision as synced and healthy; with `wait_for_sync` false
    once Argo CD's API has stored it, and then it says so. Its deletion ends, unless `cascade` is
    false, when Argo CD has deleted what it deployed.
    """

    subject = "gitops"

    application_name: Output[str]

    def __init__(
        self, name: str, args: ApplicationArgs, opts: ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        metadata: dict[str, Input[object]] = {"name": args.name, "namespace": args.namespace}
        if args.cascade:
            metadata["finalizers"] = [CASCADE]
        if args.wait_for_sync:
            metadata["annotations"] = {WAIT_FOR: json.dumps(_in_sync(args))}
        limit = f"{args.sync_timeout.total_seconds():g}s"
        application = KubernetesObject(
            self.child_name("application"),
            api_version="argoproj.io/v1alpha1",
            kind="Application",
            metadata=metadata,
            spec={
                "project": args.project,
                "source": {
                    "repoURL": args.repository,
                    "targetRevision": args.revision,
                    "path": args.path,
                },
                "destination": {
                    "server": args.destination_server,
                    "namespace": args.destination_namespace,
                },
                "syncPolicy": {
                    "automated": {"prune": args.prune, "selfHeal": args.self_heal},
                    "retry": {
                        "limit": args.retry.limit,
                        "backoff": {
                            "duration": format_duration(args.retry.duration),
                            "factor": args.retry.factor,
                            "maxDuration": format_duration(args.retry.max_duration),
                        },
                    },
                },
            },
            opts=ResourceOptions.merge(
                self.child(),
                ResourceOptions(custom_timeouts=CustomTimeouts(create=limit, update=limit)),
            ),
        )
        self.application_name = application.object_name
        self._say_what_it_does_not_do(args)
        self.register_outputs(self.outputs())

    def _say_what_it_does_not_do(self, args: ApplicationArgs) -> None:
        if not PINNED.fullmatch(args.revision):
            log.warn(
                f"revision {args.revision!r} is no commit and no tag of a release: Argo CD deploys"
                " what it leads to at any time, also before the schema is expanded. Pin it in"
                " `revision`",
                resource=self,
            )
        if not args.wait_for_sync:
            log.info(
                "handed to Argo CD, whose sync nothing waits for: what follows may run beside the"
                " old release",
                resource=self,
            )


def _in_sync(args: ApplicationArgs) -> list[str]:
    """What Argo CD says of an application that runs what its settings name, and not those before.

    `comparedTo` is what the status beside it is about.
    """
    compared = ".status.sync.comparedTo.source"
    return [
        f"jsonpath={{{compared}.targetRevision}}={args.revision}",
        f"jsonpath={{{compared}.path}}={args.path}",
        "jsonpath={.status.sync.status}=Synced",
        "jsonpath={.status.health.status}=Healthy",
    ]
