"""Availability zones in which EKS makes no cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.arguments import Fault

# use1-az3 under the name that it has in most accounts: EKS has no control planes there, and EC2
# none of its newer types. Those of us-west-1 and ca-central-1 have no name in new accounts.
REFUSED = frozenset({"us-east-1e"})


def cluster_zone_faults(field: str, zones: Sequence[str]) -> Iterator[Fault]:
    """A fault for each zone that EKS refuses."""
    for position, zone in enumerate(zones):
        if zone in REFUSED:
            yield Fault(
                f"{field}[{position}]",
                zone,
                "EKS makes no cluster there, and EC2 has none of its newer instance types; name"
                " another zone",
            )
