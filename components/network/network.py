"""What a cluster or a database has to know of the network that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pulumi import Input, Resource

from components.account import AwsAccount
from components.arguments import Args, Fault
from components.network.vpc import Vpc


@dataclass(frozen=True, kw_only=True)
class ExistingNetwork(Args):
    """A VPC that something else has made. Its subnets, by what they hold, in two zones or more:

    `private_subnet_ids`: nodes and pods. `intra_subnet_ids`: a cluster's control plane, in the
    first two. `database_subnet_ids`: databases. `ready`: what a private subnet needs to be of use.
    """

    account: AwsAccount
    vpc_id: Input[str]
    private_subnet_ids: Input[Sequence[Input[str]]]
    intra_subnet_ids: Input[Sequence[Input[str]]]
    database_subnet_ids: Input[Sequence[Input[str]]]
    ready: Sequence[Resource] = ()


Network = Vpc | ExistingNetwork


def subnet_faults(network: Network, **least: int) -> Iterator[Fault]:
    """A fault for each list of an existing network's subnets with fewer than `least`, by its field;
    one that another resource gives is counted by AWS.
    """
    for name, count in least.items():
        given = getattr(network, name)
        if isinstance(given, Sequence) and len(given) < count:
            expected = f"name at least {count}" + (", in two zones" if count > 1 else "")
            yield Fault(f"network.{name}", list(given), expected)
