"""The partitions and regions of AWS, as botocore knows them."""

import functools

from botocore.exceptions import UnknownRegionError
from botocore.loaders import create_loader
from botocore.regions import EndpointResolver


@functools.cache
def _resolver() -> EndpointResolver:
    # Not through a session, which would read the user's configuration.
    return EndpointResolver(create_loader().load_data("endpoints"))


@functools.cache
def regions() -> frozenset[str]:
    """The regions of all partitions."""
    resolver = _resolver()
    served = (
        region
        for partition in resolver.get_available_partitions()
        for region in resolver.get_available_endpoints("ec2", partition)
    )
    # What the program knows them by; each of the two lists has some that the other lacks.
    named = (
        region
        for partition in create_loader().load_data("partitions")["partitions"]
        for region in partition["regions"]
        if not region.endswith("-global")
    )
    return frozenset((*served, *named))


@functools.cache
def dns_suffix(region: str) -> str:
    """How the names of a region's endpoints end: "amazonaws.com", "amazonaws.com.cn" …

    Raises ValueError for what is no region of AWS.
    """
    try:
        partition = _resolver().get_partition_for_region(region)
    except UnknownRegionError as error:
        raise ValueError(f"{region!r} is no region of AWS") from error
    return str(_resolver().get_partition_dns_suffix(partition))
