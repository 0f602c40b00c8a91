"""Helm releases that were being installed or upgraded as the run was killed.

Helm marks such a release, and refuses to touch it as long as the mark is there: "another operation
is in progress". Without the mark an installation starts anew, over what is there of it already, and
an upgrade from the revision before.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from local.engine.kubernetes_api import KubernetesApi

TYPE = "kubernetes:helm.sh/v3:Release"
MARKS = "pending-install,pending-upgrade,pending-rollback"


def clear_marks(api: KubernetesApi, resources: Iterable[Mapping[str, Any]]) -> list[str]:
    """Removes Helm's marks from the releases among the resources; gives those releases' names."""
    cleared = []
    for resource in resources:
        if resource["type"] != TYPE:
            continue
        inputs = resource.get("inputs") or {}
        name, namespace = inputs.get("name"), inputs.get("namespace", "default")
        secrets = f"/api/v1/namespaces/{namespace}/secrets"
        labels = quote(f"owner=helm,name={name},status in ({MARKS})")
        for mark in api.items(f"{secrets}?labelSelector={labels}"):
            api.delete(f"{secrets}/{mark['metadata']['name']}")
            cleared.append(f"{namespace}/{name}")
    return cleared
