"""The VPC: addresses, subnets, routes, flow logs. Nothing that runs in it."""

from components.network.endpoints import Endpoints, EndpointsArgs
from components.network.layout import SubnetLayout, Tier
from components.network.vpc import NatStrategy, Vpc, VpcArgs

__all__ = ["Endpoints", "EndpointsArgs", "NatStrategy", "SubnetLayout", "Tier", "Vpc", "VpcArgs"]
