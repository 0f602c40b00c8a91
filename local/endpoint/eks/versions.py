"""The Kubernetes versions that the local EKS offers."""

SUPPORTED = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
DEFAULT = "1.34"


def minor(version: str) -> int:
    """The minor number of a version such as ``1.34``."""
    return int(version.split(".")[1])
