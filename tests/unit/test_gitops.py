"""Argo CD: what it deploys, from where, and what it refuses."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from components.arguments import ArgumentError
from components.gitops import (
    Application,
    ApplicationArgs,
    ArgoCd,
    ArgoCdArgs,
    Destination,
    Project,
    ProjectArgs,
    Retry,
)
from infra.settings import parse
from tests.unit.builders import CHART, record_cluster, record_in_cluster
from tests.unit.program import recorded_stack
from tests.unit.stack_files import FILE, VALID, as_config, faults_of, put

REPOSITORY = "https://github.com/org/repo"


def project_args(**changes: Any) -> ProjectArgs:
    values: dict[str, Any] = {
        "name": "default",
        "namespace": "argocd",
        "description": "All of it",
        "source_repositories": [REPOSITORY],
        "destinations": [Destination(namespace="production")],
    }
    return ProjectArgs(**{**values, **changes})


def application_args(**changes: Any) -> ApplicationArgs:
    values: dict[str, Any] = {
        "name": "myapp",
        "namespace": "argocd",
        "project": "default",
        "repository": REPOSITORY,
        "path": "k8s/overlays/production",
        "destination_namespace": "production",
    }
    return ApplicationArgs(**{**values, **changes})


def test_an_application_renders_as_agreed() -> None:
    recording = record_in_cluster(lambda opts: Application("myapp", application_args(), opts))
    assert recording.only("v1alpha1:Application").inputs == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {
            "name": "myapp",
            "namespace": "argocd",
            "finalizers": ["resources-finalizer.argocd.argoproj.io"],
            "annotations": {
                "pulumi.com/waitFor": '["jsonpath={.status.sync.comparedTo.source.targetRevision}'
                '=HEAD", "jsonpath={.status.sync.comparedTo.source.path}=k8s/overlays/production",'
                ' "jsonpath={.status.sync.status}=Synced",'
                ' "jsonpath={.status.health.status}=Healthy"]'
            },
        },
        "spec": {
            "project": "default",
            "source": {
                "repoURL": "https://github.com/org/repo",
                "targetRevision": "HEAD",
                "path": "k8s/overlays/production",
            },
            "destination": {
                "server": "https://kubernetes.default.svc",
                "namespace": "production",
            },
            "syncPolicy": {
                "automated": {"prune": True, "selfHeal": True},
                "retry": {
                    "limit": 5,
                    "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"},
                },
            },
        },
    }


def test_what_an_application_has_deployed_can_outlive_it() -> None:
    args = application_args(cascade=False, wait_for_sync=False)
    recording = record_in_cluster(lambda opts: Application("myapp", args, opts))
    metadata = recording.only("v1alpha1:Application").inputs["metadata"]
    assert metadata == {"name": "myapp", "namespace": "argocd"}


def test_argo_cd_is_there_while_applications_take_their_objects_along() -> None:
    """It is destroyed after them, and so are their project and namespace."""
    for stack in ("staging", "production"):
        recording = recorded_stack(stack)
        (application,) = recording.of_type("v1alpha1:Application")
        assert application.inputs["metadata"]["finalizers"]
        (project,) = recording.of_type("v1alpha1:AppProject")
        release = recording.named("argo-cd-release")
        namespace = recording.named(f"{stack}-namespace")
        assert {project.urn, namespace.urn} <= application.dependencies
        assert release.urn in project.dependencies


@pytest.mark.parametrize(
    ("revision", "pinned"),
    [
        ("HEAD", False),
        ("main", False),
        ("release-1.2", False),
        ("v1.*", False),
        ("refs/heads/1.2.3", False),
        ("1a2b3c4", False),  # Git takes a branch of that name first
        ("v1.2.3", True),
        ("1.2.3-rc.1", True),
        ("refs/tags/stable-7", True),
        ("0123456789abcdef0123456789abcdef01234567", True),
    ],
)
def test_a_revision_that_may_move_is_warned_of(revision: str, pinned: bool) -> None:
    args = application_args(revision=revision)
    recording = record_in_cluster(lambda opts: Application("myapp", args, opts))
    warnings = [text for severity, text in recording.said if severity == "warning"]
    assert bool(warnings) is not pinned
    assert all(f"revision '{revision}' is no commit" in text for text in warnings)


@pytest.mark.parametrize("wait", [True, False])
def test_an_application_says_where_nothing_waits_for_its_sync(wait: bool) -> None:
    args = application_args(wait_for_sync=wait)
    recording = record_in_cluster(lambda opts: Application("myapp", args, opts))
    said = any("whose sync nothing waits for" in text for _, text in recording.said)
    assert said is not wait


@pytest.mark.parametrize("field", ["revision", "path"])
def test_a_sync_that_cannot_be_waited_for_is_refused(field: str) -> None:
    message = f"{field}: 'a=b' cannot be used; a sync of a name with ="
    with pytest.raises(ArgumentError, match=message):
        application_args(**{field: "a=b"})
    application_args(**{field: "a=b"}, wait_for_sync=False)


def test_a_project_allows_what_it_names_and_nothing_cluster_wide() -> None:
    recording = record_in_cluster(lambda opts: Project("default", project_args(), opts))
    assert recording.only("v1alpha1:AppProject").inputs == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {
            "name": "default",
            "namespace": "argocd",
            "annotations": {"pulumi.com/patchForce": "true"},
        },
        "spec": {
            "description": "All of it",
            "sourceRepos": [REPOSITORY],
            "destinations": [
                {"server": "https://kubernetes.default.svc", "namespace": "production"}
            ],
            "clusterResourceWhitelist": [],
            "namespaceResourceBlacklist": [{"group": "external-secrets.io", "kind": "SecretStore"}],
        },
    }


@pytest.mark.parametrize(("highly_available", "replicas"), [(False, 1), (True, 2)])
def test_argo_cd_is_installed_from_the_named_repository(
    highly_available: bool, replicas: int
) -> None:
    args = ArgoCdArgs(chart=CHART, highly_available=highly_available)
    recording = record_in_cluster(lambda opts: ArgoCd("argo", args, opts))
    release = recording.only(":Release")
    assert release.inputs["repositoryOpts"] == {"repo": "https://charts.example.com"}
    assert release.inputs["chart"] == "argo-cd"
    assert release.inputs["namespace"] == "argocd"
    assert release.inputs["values"]["server"] == {"replicas": replicas}
    assert release.inputs["values"]["redis-ha"] == {"enabled": highly_available}
    assert recording.only("core/v1:Namespace").urn in release.dependencies


def test_no_network_policy_is_made_that_nothing_enforces() -> None:
    """The chart makes them by itself; the network plugin has to be told to enforce any."""
    recording = record_in_cluster(lambda opts: ArgoCd("argo", ArgoCdArgs(chart=CHART), opts))
    assert recording.only(":Release").inputs["values"]["global"] == {
        "networkPolicy": {"create": False}
    }
    plugin = record_cluster().named("eks-node-addons-vpc-cni")
    assert "configurationValues" not in plugin.inputs


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (
            put("secrets/chart/version", "0.9.20"),
            "secrets.chart.version",
            "'0.9.20' cannot be used; use 0.16.0 or later: older ones do not know"
            " external-secrets.io/v1",
        ),
        (put("secrets/chart/version", "v0.15.1"), "secrets.chart.version", "use 0.16.0 or later"),
        (
            put("secrets/chart/version", "0.16.0-rc1"),
            "secrets.chart.version",
            "use 0.16.0 or later",
        ),
        (
            put("gitops/chart/version", "5.46.0"),
            "gitops.chart.version",
            "use 5.46.1 or later: older ones take no notice of `applicationSet.replicas`",
        ),
        # A version of Argo CD, where the chart's belongs.
        (put("gitops/chart/version", "3.4.4"), "gitops.chart.version", "use 5.46.1 or later"),
    ],
)
def test_a_chart_that_is_too_old_for_what_is_written_is_refused(
    change: Callable[[dict[str, Any]], None], key: str, words: str
) -> None:
    (fault,) = faults_of(change)
    assert fault.startswith(f"{FILE}: groundwork:{key}: ")
    assert words in fault


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("secrets", "0.16.0"),
        ("secrets", "0.16.0+build.1"),
        ("secrets", "0.16.1-rc1"),
        ("gitops", "5.46.1"),
        ("gitops", "v10.1.1"),
    ],
)
def test_the_oldest_charts_that_fit_are_taken(path: str, version: str) -> None:
    values = copy.deepcopy(VALID)
    put(f"{path}/chart/version", version)(values)
    assert parse(as_config(values), FILE)


def test_wildcards_must_be_asked_for() -> None:
    args = project_args(source_repositories=["*"], allow_wildcards=True)
    assert args.source_repositories == ["*"]


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: project_args(source_repositories=[]), "source_repositories"),
        (lambda: project_args(destinations=[]), "destinations"),
        (
            lambda: project_args(source_repositories=[REPOSITORY, "https://github.com/*"]),
            "source_repositories[1]",
        ),
        (
            lambda: project_args(destinations=[Destination(namespace="*")]),
            "destinations[0].namespace",
        ),
        (
            lambda: project_args(destinations=[Destination(namespace="a", server="*")]),
            "destinations[0].server",
        ),
        (
            lambda: project_args(destinations=[Destination(namespace="My_Namespace")]),
            "destinations[0].namespace",
        ),
        (lambda: application_args(destination_namespace="My_Namespace"), "destination_namespace"),
        (lambda: application_args(path="/k8s"), "path"),
        (lambda: Retry(limit=-1), "limit"),
        (lambda: Retry(factor=0), "factor"),
        (lambda: Retry(duration=timedelta(hours=1)), "duration"),
    ],
)
def test_refuses_what_cannot_work(build: Any, field: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        build()
    assert [fault.field for fault in caught.value.faults] == [field]
