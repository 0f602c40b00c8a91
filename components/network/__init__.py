"""The VPC: addresses, subnets, routes, flow logs. Nothing that runs in it."""

from components.network.arguments import NatStrategy, VpcArgs, VpcSettings
from components.network.endpoints import Endpoints, EndpointsArgs
from components.network.layout import SubnetLayout, Tier
from components.network.network import ExistingNetwork, Network, subnet_faults
from components.network.vpc import Vpc

__all__ = [
    "Endpoints",
    "EndpointsArgs",
    "ExistingNetwork",
    "NatStrategy",
    "Network",
    "SubnetLayout",
    "Tier",
    "Vpc",
    "VpcArgs",
    "VpcSettings",
    "subnet_faults",
]
