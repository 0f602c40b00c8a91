"""Settings that AWS lets go one way only: refused here, before a deployment fails over them."""

from __future__ import annotations

from collections.abc import Iterator

from infra.settings import StackSettings
from infra.state import State
from infra.stateful import CLUSTER, DATABASE

POSTGRESQL = "groundwork:database:Postgresql"


def ways_back(stack: StackSettings, state: State) -> Iterator[str]:
    """A message for each setting that would have to go back, or too far."""
    yield from _kubernetes(stack, state)
    yield from _postgresql(stack, state)
    yield from _storage(stack, state)


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


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
