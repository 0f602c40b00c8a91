"""EC2's regions: moto describes those of three partitions, and no availability zones elsewhere."""

from moto.ec2.models.availability_zones_and_regions import (
    Region,
    RegionsAndZonesBackend,
    Zone,
)

from local import partitions


def install() -> None:
    """Adds the regions of the other partitions, each with three zones."""
    described = {region.name for region in RegionsAndZonesBackend.regions}
    for name in sorted(partitions.regions() - described):
        host = f"ec2.{name}.{partitions.dns_suffix(name)}"
        RegionsAndZonesBackend.regions.append(Region(name, host, "opt-in-not-required"))
        # AWS's own zone ids abbreviate the region in ways that no data tells.
        RegionsAndZonesBackend.zones[name] = [
            Zone(region_name=name, name=f"{name}{letter}", zone_id=f"{name}-az{number}")
            for number, letter in enumerate("abc", start=1)
        ]
