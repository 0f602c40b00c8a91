"""Which settings, as they are now, would replace nodes that run: told, and not refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from components.cluster.nodes import AMI_TYPES, CAPACITY_TYPES, NodePool
from infra.losses import NODE_GROUP
from infra.settings import StackSettings
from infra.state import Deployed, State
from infra.stateful import SUBNET

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
PREFIX, SUFFIX = "cluster-nodes-", "-group"
ONE_BY_ONE = "replaces all of its nodes, one after the other"
ANOTHER_GROUP = "replaces its node group: new nodes are made, and then the old ones drained"


class _Change(NamedTuple):
    """A changed setting, below `groundwork:`, from `old` to `new`, and what that does to nodes."""

    setting: str
    old: object
    new: object
    does: str


def rolls(stack: StackSettings, state: State) -> Iterator[str]:
    """A line for each setting and each pool that it moves to other nodes."""
    for group in state.of_type(NODE_GROUP):
        key = group.name.removeprefix(PREFIX).removesuffix(SUFFIX)
        pool = stack.cluster.node_pools.get(key)
        if pool is None:
            yield (
                f"groundwork:cluster.node_pools: pool {key!r} is gone: its nodes are drained and"
                " deleted"
            )
            continue
        changes = [*_cluster(stack, group, state), *_pool(key, pool, group, state)]
        for setting, old, new, does in changes:
            if old != new:
                yield f"groundwork:{setting}: from {old!r} to {new!r}: pool {key!r}: {does}"


def _cluster(stack: StackSettings, group: Deployed, state: State) -> Iterator[_Change]:
    """What all pools follow."""
    version = group.at("version")
    yield _Change("cluster.version", version, stack.cluster.version or version, ONE_BY_ONE)
    zones = sorted({str(one.at("availabilityZone")) for one in state.of_type(SUBNET)})
    wanted = sorted(stack.network.availability_zones)
    yield _Change("network.availability_zones", zones, wanted, ANOTHER_GROUP)


def _pool(key: str, pool: NodePool, group: Deployed, state: State) -> Iterator[_Change]:
    path = f"cluster.node_pools.{key}"
    architectures = {name: one for one, name in AMI_TYPES.items()}
    architecture = architectures.get(group.at("amiType"))
    for name, old, new in (
        ("instance_types", list(group.at("instanceTypes") or ()), list(pool.instance_types)),
        ("architecture", architecture and architecture.value, pool.architecture.value),
        ("spot", group.at("capacityType") == CAPACITY_TYPES[True], pool.spot),
    ):
        yield _Change(f"{path}.{name}", old, new, ANOTHER_GROUP)
    template = state.named(TEMPLATE, group.name.removesuffix(SUFFIX) + "-template")
    for disk in (template and template.at("blockDeviceMappings")) or ():
        size = int(disk["ebs"]["volumeSize"])
        yield _Change(f"{path}.disk_gib", size, pool.disk_gib, ONE_BY_ONE)
