"""What a changed setting gives up for good although its resource stays: told, and not refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from components.database.postgresql import INSIGHTS_RETENTION_DAYS
from components.network import NatStrategy, VpcSettings
from infra.settings import StackSettings
from infra.state import State
from infra.stateful import CLUSTER, DATABASE, LOG_GROUP

ADDRESS = "aws:ec2/eip:Eip"
NAT_ADDRESS = "network-nat-address"


def given_up(stack: StackSettings, state: State) -> Iterator[str]:
    """A line for each setting that has AWS delete what it kept, release an address, or shut out who
    may be deploying.
    """
    yield from _shorter(stack, state)
    yield from _addresses(stack.network, state)
    yield from _callers(stack.cluster.public_access_cidrs, state)


def _callers(networks: Sequence[IPv4Network], state: State) -> Iterator[str]:
    """Who reaches the Kubernetes API from the internet, before the objects in it are changed."""
    for cluster in state.of_type(CLUSTER):
        access = cluster.at("vpcConfig") or {}
        before = access.get("publicAccessCidrs") if access.get("endpointPublicAccess") else ()
        shut_out = [
            one for one in before or () if not any(map(IPv4Network(one).subnet_of, networks))
        ]
        if shut_out:
            yield (
                f"groundwork:cluster.public_access_cidrs: {', '.join(sorted(shut_out))} reaches the"
                " Kubernetes API no more, at once: a run that comes from there ends midway"
            )


def _shorter(stack: StackSettings, state: State) -> Iterator[str]:
    """A time for which something is kept, and that ends what is older at once."""
    database, insights = stack.database, stack.database.insights
    kept = [
        ("network.flow_log_retention_days", stack.network.flow_log_retention_days, "flow logs"),
        ("cluster.log_retention_days", stack.cluster.log_retention_days, "control-plane logs"),
        ("database.log_retention_days", database.log_retention_days, "the server's logs"),
    ]
    for key, new, what in kept:
        subject = key.partition(".")[0]
        groups = [one for one in state.of_type(LOG_GROUP) if one.name.startswith(f"{subject}-")]
        # Without a number, they are kept for ever.
        yield from _ends(key, [one.at("retentionInDays") for one in groups], new, what)
    for instance in state.of_type(DATABASE):
        for key, output, new, what in (
            (
                "database.backup_retention_days",
                "backupRetentionPeriod",
                database.backup_retention_days,
                "automated backups",
            ),
            (
                "database.insights",
                "performanceInsightsRetentionPeriod",
                INSIGHTS_RETENTION_DAYS[insights],
                "Database Insights' figures",
            ),
        ):
            yield from _ends(key, [instance.at(output)], new, what)


def _ends(key: str, before: Sequence[float | None], new: int, what: str) -> Iterator[str]:
    """`before`: the days of what is there."""
    longest = max((days for days in before if days), default=0)
    if longest > new:
        yield (
            f"groundwork:{key}: {what} are kept for {new} days instead of {longest:g}: what is"
            " older is deleted at once, and no setting brings it back"
        )


def _addresses(network: VpcSettings, state: State) -> Iterator[str]:
    """Those of NAT gateways, which partners may have in their allow lists."""
    there = {
        one.name.removeprefix(NAT_ADDRESS).removeprefix("-"): one.at("publicIp") or one.name
        for one in state.of_type(ADDRESS)
        if one.name.startswith(NAT_ADDRESS)
    }
    for key in _kept(network, list(there)):
        there.pop(key, None)
    if there:
        yield (
            f"groundwork:network.nat: {network.nat} releases the public addresses"
            f" {', '.join(sorted(there.values()))} for good: whoever lets only them in must know"
            " the new ones"
        )


def _kept(network: VpcSettings, there: Sequence[str]) -> Iterator[str]:
    """Of the addresses by their gateways' zones, empty for a single one, those that stay."""
    if network.nat is NatStrategy.NONE:
        return
    single, zones = network.single_nat_zone, network.availability_zones
    if network.nat is NatStrategy.SINGLE:
        yield from [key for key in ("", single, *zones) if key in there][:1]
        return
    yield from zones
    if single not in there:
        yield ""
