"""Each subnet's addresses: fixed by its zone's letter, so that adding a zone moves nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from components.arguments import PRIVATE_NETWORKS, Args, Fault
from components.partition import find_partition

ZONE = re.compile(r"(?P<region>[a-z]+(?:-[a-z]+)+-\d+)(?P<letter>[a-h])")
# Room for zones a to h in every tier, whether or not they are in use.
ZONE_BITS = 3
SMALLEST_VPC, LARGEST_VPC = 22, 16
# Beside the private addresses, what EKS takes of the shared and of the test networks' ones.
VPC_NETWORKS = (*PRIVATE_NETWORKS, IPv4Network("100.64.0.0/10"), IPv4Network("198.19.0.0/16"))


class Tier(StrEnum):
    """What a subnet is for.

    `private` holds nodes and pods and gets half of the network. `public` holds load balancers and
    NAT gateways, `database` the databases, `intra` the cluster's control-plane interfaces; each
    gets an eighth, and the last eighth stays free for a later tier.
    """

    PRIVATE = "private"
    PUBLIC = "public"
    DATABASE = "database"
    INTRA = "intra"


def zone_region(zone: str) -> str:
    """The region of an availability zone; empty if it is none."""
    match = ZONE.fullmatch(zone)
    return match["region"] if match else ""


def zone_faults(zones: Sequence[str], region: str) -> Iterator[Fault]:
    """What keeps `zones` from being two or more different availability zones of `region`."""
    if len(zones) < 2:
        yield Fault("availability_zones", list(zones), "give at least two, as EKS and RDS ask for")
    if len(set(zones)) != len(zones):
        yield Fault("availability_zones", list(zones), "name each zone once")
    for position, zone in enumerate(zones):
        match, field = ZONE.fullmatch(zone), f"availability_zones[{position}]"
        if match is None:
            example = f"{region or 'eu-west-1'}a"
            yield Fault(field, zone, f"give a zone's name, such as '{example}', letters a to h")
        elif match["region"] != (region or match["region"]):
            yield Fault(
                field, zone, f"it lies outside the stack's region {region}; name a zone of {region}"
            )
        elif find_partition(match["region"]) is None:
            yield Fault(field, zone, f"AWS has no region {match['region']}")


def cidr_faults(cidr: IPv4Network) -> Iterator[Fault]:
    """What keeps `cidr` from holding the layout."""
    if not LARGEST_VPC <= cidr.prefixlen <= SMALLEST_VPC:
        yield Fault(
            "cidr",
            str(cidr),
            f"the network has to be between /{LARGEST_VPC} and /{SMALLEST_VPC}: AWS takes nothing"
            f" larger, and four tiers of eight zones need subnets of at least /28",
        )
    elif not any(map(cidr.subnet_of, VPC_NETWORKS)):
        yield Fault("cidr", str(cidr), f"use a part of {', '.join(map(str, VPC_NETWORKS))}")


@dataclass(frozen=True, kw_only=True)
class SubnetLayout(Args):
    """The address plan of a VPC of size /16 to /22."""

    cidr: IPv4Network

    def faults(self) -> Iterator[Fault]:
        return cidr_faults(self.cidr)

    def tier(self, tier: Tier) -> IPv4Network:
        """All addresses of a tier."""
        lower, upper = self.cidr.subnets(prefixlen_diff=1)
        if tier is Tier.PRIVATE:
            return lower
        eighths = list(upper.subnets(prefixlen_diff=2))
        return eighths[(Tier.PUBLIC, Tier.DATABASE, Tier.INTRA).index(tier)]

    def subnet(self, tier: Tier, zone: str) -> IPv4Network:
        """The addresses of one tier in one availability zone."""
        position = ord(zone[-1]) - ord("a")
        return list(self.tier(tier).subnets(prefixlen_diff=ZONE_BITS))[position]
