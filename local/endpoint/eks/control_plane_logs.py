"""Which control plane logs a cluster writes."""

from typing import Any

TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def normalised_logging(
    change: dict[str, Any], current: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The log setting as EKS describes it: the enabled types, then the disabled ones."""
    enabled = enabled_types(current or {})
    for setup in change.get("clusterLogging", []):
        if setup.get("enabled"):
            enabled |= set(setup.get("types", []))
        else:
            enabled -= set(setup.get("types", []))
    on = [kind for kind in TYPES if kind in enabled]
    off = [kind for kind in TYPES if kind not in enabled]
    setups = [{"types": on, "enabled": True}, {"types": off, "enabled": False}]
    return {"clusterLogging": [setup for setup in setups if setup["types"]]}


def enabled_types(logging: dict[str, Any]) -> set[str]:
    """The types that are written."""
    return {
        kind
        for setup in logging.get("clusterLogging", [])
        if setup.get("enabled")
        for kind in setup.get("types", [])
    }
