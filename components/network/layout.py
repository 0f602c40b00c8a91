"""Each subnet's addresses: fixed by its zone's letter, so that adding a zone moves nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network

from components.component import ArgumentError

ZONE = re.compile(r"^(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)(?P<letter>[a-h])$")
# Room for zones a to h in every tier, whether or not they are in use.
ZONE_BITS = 3
SMALLEST_VPC, LARGEST_VPC = 22, 16


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
    """The region that an availability zone name belongs to; ArgumentError if it is no such name."""
    return _parse(zone)["region"]


def _parse(zone: str) -> re.Match[str]:
    match = ZONE.match(zone)
    if match is None:
        raise ArgumentError(
            "availability_zones", zone, "give zone names such as 'eu-west-1a', letters a to h"
        )
    return match


@dataclass(frozen=True, kw_only=True)
class SubnetLayout:
    """The address plan of a VPC of size /16 to /22."""

    cidr: IPv4Network

    def __post_init__(self) -> None:
        if not LARGEST_VPC <= self.cidr.prefixlen <= SMALLEST_VPC:
            raise ArgumentError(
                "cidr",
                str(self.cidr),
                f"a network has to be between /{LARGEST_VPC} and /{SMALLEST_VPC}, because four"
                f" tiers of eight zones each need a subnet of at least /28",
            )

    def tier(self, tier: Tier) -> IPv4Network:
        """All addresses of a tier."""
        lower, upper = self.cidr.subnets(prefixlen_diff=1)
        if tier is Tier.PRIVATE:
            return lower
        eighths = list(upper.subnets(prefixlen_diff=2))
        return eighths[(Tier.PUBLIC, Tier.DATABASE, Tier.INTRA).index(tier)]

    def subnet(self, tier: Tier, zone: str) -> IPv4Network:
        """The addresses of one tier in one availability zone."""
        position = ord(_parse(zone)["letter"]) - ord("a")
        return list(self.tier(tier).subnets(prefixlen_diff=ZONE_BITS))[position]
