"""What Argo CD and the External Secrets Operator delete when a setting lets go of it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from components.gitops.application import CASCADE
from components.gitops.repository import repository_key
from infra.settings import StackSettings
from infra.state import Deployed, State

APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret"  # noqa: S105 a type
KEY = "groundwork:gitops.applications"


def renamed_applications(stack: StackSettings, state: State) -> Iterator[str]:
    """A refusal for each application that takes over what another one takes along as it goes."""
    for old in _gone(stack, state):
        for name, new in stack.gitops.applications.items():
            theirs = (new.repository, new.path, new.destination_namespace)
            if _source(*theirs) == _source_of(old):
                was = old.at("metadata.name")
                yield (
                    f"{KEY}.{name}: {was!r} deploys the same folder to"
                    f" {new.destination_namespace!r}, and Argo CD deletes what it has deployed when"
                    f" {was!r} goes: keep that name, or deploy {was!r} with `cascade: false` before"
                )


def leaving_workloads(stack: StackSettings, state: State) -> Iterator[str]:
    """A line for each application and each Secret that goes: told, and not refused."""
    for old in _gone(stack, state):
        yield (
            f"{KEY}: {old.at('metadata.name')!r} is gone: Argo CD deletes all that it has deployed,"
            " volumes too; deployed with `cascade: false` before, it would leave that"
        )
    yield from _leaving_secrets(stack, state)


def _gone(stack: StackSettings, state: State) -> list[Deployed]:
    """The applications that are in the settings no more, and take what they deployed along."""
    return [
        one
        for one in state.of_type(APPLICATION)
        if one.at("metadata.name") not in stack.gitops.applications
        and CASCADE in (one.at("metadata.finalizers") or ())
    ]


def _source_of(application: Deployed) -> tuple[str, str, str]:
    paths = ("spec.source.repoURL", "spec.source.path", "spec.destination.namespace")
    return _source(*(str(application.at(path)) for path in paths))


def _source(repository: str, path: str, namespace: str) -> tuple[str, str, str]:
    return repository_key(repository), posixpath.normpath(path), namespace


def _leaving_secrets(stack: StackSettings, state: State) -> Iterator[str]:
    """Secrets of Kubernetes that go with the ExternalSecret that owns them, or lose keys."""
    wanted = {
        (one.namespace, one.target_name or name): (name, {entry.secret_key for entry in one.data})
        for name, one in stack.secrets.external_secrets.items()
    }
    for old in state.of_type(EXTERNAL_SECRET):
        owner, namespace = old.at("metadata.name"), old.at("metadata.namespace")
        target = old.at("spec.target.name")
        what = f"groundwork:secrets.external_secrets: the Secret {target!r} in {namespace!r}"
        if (namespace, target) not in wanted:
            yield f"{what} is deleted, which {owner!r} filled: pods that read it start no more"
            continue
        name, keys = wanted[namespace, target]
        if name != owner:
            yield (
                f"{what} is deleted with {owner!r}, and made again by {name!r}: pods that start"
                " meanwhile wait for it"
            )
        lost = sorted({one["secretKey"] for one in old.at("spec.data") or ()} - keys)
        if lost:
            yield f"{what} loses {', '.join(lost)}: pods that read that start no more"
