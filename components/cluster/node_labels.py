"""Labels that a node group may give to its nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from components.arguments import Fault

NAME = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
KEY = re.compile(rf"(?:(?P<domain>[a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?)/)?{NAME}")
VALUE = re.compile(rf"({NAME})?")
# EKS refuses them, or the kubelet does at its start: the nodes then never join.
RESERVED = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")


def node_label_faults(field: str, labels: Mapping[str, str]) -> Iterator[Fault]:
    """Labels that EKS, or the kubelet of a node, would refuse."""
    for key, value in labels.items():
        parts, path = KEY.fullmatch(key), f"{field}.{key}"
        if parts is None:
            yield Fault(path, key, "a label's key is a name, or a domain, a slash and a name")
        elif parts["domain"] and _is_reserved(parts["domain"]):
            yield Fault(
                path,
                key,
                f"nodes may not give themselves labels of {', '.join(RESERVED)}; use a domain of"
                " yours, or none",
            )
        if not VALUE.fullmatch(value):
            yield Fault(path, value, "use at most 63 letters, digits and _.-, without at the ends")


def _is_reserved(domain: str) -> bool:
    return any(domain == one or domain.endswith(f".{one}") for one in RESERVED)
