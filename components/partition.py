"""What an AWS region decides by its partition: names in ARNs, of services, of their endpoints.

The partitions are those of botocore's own data, which is read without importing botocore.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from components.arguments import Fault

# Of the others, which few may enter, nobody here knows what the services are called.
KNOWN = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-eusc"})
# Services are principals of the same name in every partition, but for these.
COMMERCIAL_SUFFIX = "amazonaws.com"
OWN_PRINCIPALS = {"aws-cn": frozenset({"ec2", "logs"})}
# So are endpoint services named after the commercial suffix everywhere, but for these.
OWN_ENDPOINT_SERVICES = {
    "aws-cn": frozenset(
        {"autoscaling", "ec2", "ecr.api", "ecr.dkr", "eks", "monitoring", "rds", "sqs", "sts"}
    ),
    "aws-eusc": frozenset({"ecr.api", "ecr.dkr"}),
}
ECR = re.compile(
    r"(?P<start>\d{12}\.dkr\.ecr(?:-fips)?)\.(?P<region>[a-z0-9-]+)\.(?P<suffix>[a-z.-]+)/"
)


@dataclass(frozen=True, kw_only=True)
class Partition:
    """Regions with accounts of their own. `id`: as in ARNs, such as `aws` or `aws-eusc`.

    `dns_suffix`: of the services' addresses, such as `amazonaws.com` or `amazonaws.eu`.
    """

    id: str
    dns_suffix: str
    regions: re.Pattern[str]


def find_partition(region: str) -> Partition | None:
    """The partition of a region; None if there is no such region, or in no KNOWN partition."""
    return next((one for one in _partitions() if one.regions.fullmatch(region)), None)


def closed_partition(region: str) -> str | None:
    """The id of the partition of a region that nobody here knows; None if it is in none of these.

    Such as `aws-iso` for `us-iso-east-1`.
    """
    return next((one["id"] for one in _data() if re.fullmatch(one["regionRegex"], region)), None)


def is_listed(region: str) -> bool:
    """Whether the SDK's data has a region by name: a newer one, and a mistyped one, are not."""
    return any(region in one["regions"] for one in _data())


def partition_of(region: str) -> Partition:
    """The partition of a region; ValueError if there is no such region."""
    partition = find_partition(region)
    if partition is None:
        raise ValueError(f"{region!r} is no region of AWS, such as 'eu-west-1'")
    return partition


def service_principal(service: str, region: str | None = None) -> str:
    """How policies name a service, such as `eks`; `ec2` and `logs` need the region."""
    suffix = COMMERCIAL_SUFFIX
    if region is not None:
        partition = partition_of(region)
        if service.split(".")[0] in OWN_PRINCIPALS.get(partition.id, ()):
            suffix = partition.dns_suffix
    return f"{service}.{suffix}"


def endpoint_service(service: str, region: str) -> str:
    """The name that a VPC endpoint of a service asks for, such as `com.amazonaws.eu-west-1.sts`."""
    partition = partition_of(region)
    own = service in OWN_ENDPOINT_SERVICES.get(partition.id, ())
    suffix = partition.dns_suffix if own else COMMERCIAL_SUFFIX
    return f"{'.'.join(reversed(suffix.split('.')))}.{region}.{service}"


def via_service(service: str, region: str) -> str | list[str]:
    """What `kms:ViaService` says of a service: by its address, or by its commercial one.

    AWS documents the second only, and the services of other partitions say the first.
    """
    suffixes = {partition_of(region).dns_suffix, COMMERCIAL_SUFFIX}
    names = sorted(f"{service}.{region}.{suffix}" for suffix in suffixes)
    return names[0] if len(names) == 1 else names


def arn_faults(field: str, arn: str, region: str) -> Iterator[Fault]:
    """A fault if an ARN is of another partition than a region: nothing there could use it."""
    partition = partition_of(region).id
    if arn.split(":")[1] != partition:
        yield Fault(field, arn, f"in {region} an ARN begins with arn:{partition}:")


def registry_faults(field: str, image: str, region: str) -> Iterator[Fault]:
    """A fault if an image lies in a registry of ECR that is none, or that a region's nodes cannot
    log in to: one of another partition.
    """
    host = ECR.match(image)
    if host is None:
        return
    there, here = find_partition(host["region"]), partition_of(region)
    if there is None or there.id != here.id:
        yield Fault(field, image, f"nodes in {region} pull from registries of {here.id} only")
    elif host["suffix"] != there.dns_suffix:
        right = f"{host['start']}.{host['region']}.{there.dns_suffix}"
        yield Fault(field, image, f"the registry is {right}")


@cache
def _data() -> list[dict[str, Any]]:
    botocore = find_spec("botocore")
    if botocore is None or botocore.origin is None:
        raise ModuleNotFoundError("botocore, which knows the partitions of AWS, is not installed")
    data = json.loads((Path(botocore.origin).parent / "data/partitions.json").read_text())
    return data["partitions"]


@cache
def _partitions() -> tuple[Partition, ...]:
    return tuple(
        Partition(
            id=one["id"],
            dns_suffix=one["outputs"]["dnsSuffix"],
            regions=re.compile(one["regionRegex"]),
        )
        for one in _data()
        if one["id"] in KNOWN
    )
