"""Which object, if any, an interrupted creation has made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from local.plugins.aws import pending
from local.plugins.aws.catalog import ENTRIES

BY_TYPE = {entry.type: entry for entry in ENTRIES}


@dataclass(frozen=True, kw_only=True)
class Search:
    """Looks for objects that no state knows.

    session, endpoint: the AWS endpoint.
    known: type and id of the resources in the state.
    """

    session: boto3.Session
    endpoint: str
    known: frozenset[tuple[str, str]]

    def find(self, resource: Mapping[str, Any]) -> str | None:
        """The id under which an object can be imported that this resource's creation may have made.

        An id that is decided by the inputs is given whether the object is there or not: the
        refresh that follows drops what is not. None if nothing can be said or nothing is there.
        """
        kind, inputs = resource["type"], resource.get("inputs") or {}
        if kind.startswith("kubernetes:"):
            return _kubernetes_id(kind, inputs)
        if kind not in BY_TYPE:
            return None
        found = pending.find(BY_TYPE[kind], inputs, self._client)
        unknown = [name for name in found if (kind, name) not in self.known]
        return unknown[0] if len(unknown) == 1 else None

    def _client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)  # pyright: ignore


def _kubernetes_id(kind: str, inputs: Mapping[str, Any]) -> str | None:
    """namespace/name, or the name alone of an object outside namespaces."""
    release = kind.startswith("kubernetes:helm.sh/")
    place = inputs if release else inputs.get("metadata") or {}
    if "name" not in place:
        return None
    namespace = place.get("namespace") or ("default" if release else None)
    return f"{namespace}/{place['name']}" if namespace else place["name"]
