"""Settings that AWS lets go one way only: refused here, before a deployment fails over them."""

from __future__ import annotations

from collections.abc import Iterator

from components.cluster import AccessPolicy
from components.database.arguments import least_maximum
from infra.settings import StackSettings
from infra.state import Deployed, State
from infra.stateful import CLUSTER, DATABASE

POSTGRESQL = "groundwork:database:Postgresql"
ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry"
ACCESS_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"


def ways_back(stack: StackSettings, state: State) -> Iterator[str]:
    """A message for each setting that would have to go back, or too far."""
    yield from _kubernetes(stack, state)
    yield from _postgresql(stack, state)
    yield from _storage(stack, state)
    yield from _operators(stack, state)
    yield from _grants(stack, state)
    yield from _administrators(stack, state)


def _kubernetes(stack: StackSettings, state: State) -> Iterator[str]:
    key, wanted = "groundwork:cluster.version", stack.cluster.version
    for cluster in state.of_type(CLUSTER):
        runs = cluster.at("version")
        if not runs or not wanted:
            continue
        ahead = _numbers(wanted)[1] - _numbers(runs)[1]
        if ahead < 0:
            yield f"{key}: {wanted!r} is older than {runs!r}, which runs; EKS never goes back"
        elif ahead > 1:
            following = f"1.{_numbers(runs)[1] + 1}"
            yield (
                f"{key}: {wanted!r} is more than one version after {runs!r}, which runs; EKS goes"
                f" one at a time: deploy {following!r} first"
            )


def _postgresql(stack: StackSettings, state: State) -> Iterator[str]:
    key, wanted = "groundwork:database.version", stack.database.version
    for instance in state.of_type(DATABASE):
        runs = str(instance.at("engineVersionActual") or instance.at("engineVersion") or "")
        if not runs:
            continue
        new, old = _numbers(wanted), _numbers(runs)
        if new < old[: len(new)]:
            yield (
                f"{key}: {wanted!r} is older than {runs!r}, which runs; RDS never goes back but by"
                " a snapshot"
            )
        elif new[0] > old[0] and not stack.database.allow_major_version_upgrade:
            yield (
                f"{key}: {wanted!r} is a later major version than {runs!r}, which runs; set"
                " allow_major_version_upgrade: true for that deployment"
            )


def _storage(stack: StackSettings, state: State) -> Iterator[str]:
    """Against the setting of last time: storage that has grown by itself is no matter."""
    wanted = stack.database.storage_gib
    for database in state.of_type(POSTGRESQL):
        before = database.at("storage_gib")
        if before is not None and wanted < before:
            yield (
                f"groundwork:database.storage_gib: {wanted} is less than {before:g}, as it was"
                f" deployed; RDS never takes storage away: put {before:g} back"
            )
    most = stack.database.max_storage_gib
    for instance in state.of_type(DATABASE):
        grown, least = _grown(instance)
        # As it was, it may have been reached.
        if most < least and most != instance.at("maxAllocatedStorage"):
            yield (
                f"groundwork:database.max_storage_gib: {most} is too little for the {grown} GiB"
                f" that the storage has grown to: RDS wants {least} or more"
            )


def _grown(instance: Deployed) -> tuple[int, int]:
    """The storage that an instance has, and the least that it may grow to."""
    grown = int(instance.at("allocatedStorage") or 0)
    return grown, least_maximum(grown)


def _operators(stack: StackSettings, state: State) -> Iterator[str]:
    for kind, key, wanted in (
        (
            "groundwork:secrets:ExternalSecretsOperator",
            "groundwork:secrets.operator_namespace",
            stack.secrets.operator.namespace,
        ),
        ("groundwork:gitops:ArgoCd", "groundwork:gitops.namespace", stack.gitops.namespace),
    ):
        for component in state.of_type(kind):
            before = component.at("namespace")
            if before not in (None, wanted):
                yield (
                    f"{key}: from {before!r} to {wanted!r}: Helm refuses CRDs that belong to the"
                    f" release in the other namespace: put {before!r} back"
                )


def _grants(stack: StackSettings, state: State) -> Iterator[str]:
    """EKS has one entry for a principal, and the new one is made before the old one is deleted."""
    there = {one.at("principalArn"): one.name for one in state.of_type(ACCESS_ENTRY)}
    for key, grant in stack.cluster.access.items():
        name = there.get(grant.principal_arn)
        if name is not None and not name.endswith(f"-entry-{key}"):
            old = name.rpartition("-entry-")[2]
            yield (
                f"groundwork:cluster.access.{key}: {grant.principal_arn!r} has its entry under"
                f" {old!r}, and EKS takes one for each principal: keep that name, or take the"
                " grant out in a deployment before"
            )


def _administrators(stack: StackSettings, state: State) -> Iterator[str]:
    """Whoever deploys is one of them, and has to have access to the end."""
    before = {
        one.at("principalArn")
        for one in state.of_type(ACCESS_POLICY)
        if str(one.at("policyArn")).endswith(f"/{AccessPolicy.CLUSTER_ADMIN}")
    }
    after = {
        grant.principal_arn
        for grant in stack.cluster.access.values()
        if grant.policy is AccessPolicy.CLUSTER_ADMIN
    }
    if before and not before & after:
        yield (
            f"groundwork:cluster.access: {', '.join(sorted(before))} would administer the cluster"
            " no more, and whoever deploys this would lose access midway: keep one of them as"
            f" {AccessPolicy.CLUSTER_ADMIN} beside the new one, deploy, and take it away in the"
            " next deployment"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
