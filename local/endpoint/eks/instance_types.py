"""The EC2 instance types that a node group may have."""

from collections.abc import Sequence

from moto.ec2.models.instance_types import INSTANCE_TYPES

from local.endpoint.eks.errors import invalid_parameter

# The part of an amiType that names an architecture, in EC2's words. CUSTOM names none.
ARCHITECTURES = {"_x86_64": "x86_64", "_ARM_64": "arm64"}


def check_instance_types(types: Sequence[str], ami_type: str) -> None:
    """Raises EksError unless all types exist and can run the node group's image."""
    unknown = [name for name in types if name not in INSTANCE_TYPES]
    if unknown:
        raise invalid_parameter(
            f"The following supplied instance types do not exist: [{', '.join(unknown)}]"
        )
    needed = {name for part, name in ARCHITECTURES.items() if part in ami_type}
    unfit = [
        name
        for name in types
        if not needed.issubset(INSTANCE_TYPES[name]["ProcessorInfo"]["SupportedArchitectures"])
    ]
    if unfit:
        raise invalid_parameter(
            f"[{', '.join(unfit)}] is not a valid instance type for requested amiType {ami_type}"
        )
