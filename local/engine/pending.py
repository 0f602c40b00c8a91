"""Which objects an interrupted run has made, and how the state takes them up."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from local.failure import LocalError
from local.plugins.aws import pending
from local.plugins.aws.provider import kept_types, resources
from local.plugins.aws.session import Session
from local.plugins.framework.failure import ProviderError
from local.plugins.framework.plugin import Target

READY_SECONDS = 3600.0
"""How long AWS may take to finish what was begun; an EKS cluster or an instance takes minutes."""

LATE_SECONDS = 5.0
"""How long what was asked for right before the kill may take until it is shown."""

# How a state file marks a value that it keeps encrypted.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SINGULAR = "Several objects may be what the creation of {name} has made: {ids}. Delete all but one."


@dataclass(frozen=True, kw_only=True)
class Made:
    """An object as the state has to know it. Without `outputs` a refresh has to read it."""

    id: str
    outputs: Mapping[str, Any] = field(default_factory=dict)


class Search:
    """Looks for objects that no state knows.

    known: type and id of the resources in the state.
    session, endpoint: of the AWS account; without an endpoint, AWS's own.
    types: the file in which the AWS plugin keeps the SDK's types, if there is one.
    """

    def __init__(
        self,
        *,
        known: frozenset[tuple[str, str]],
        session: boto3.Session,
        region: str,
        endpoint: str | None = None,
        types: Path | None = None,
    ) -> None:
        self._known = known
        aws = Session(region, session, endpoint)
        self._resources = resources(lambda: aws, dict, kept_types(types))

    def find(self, resource: Mapping[str, Any]) -> Made | None:
        """The object that this resource's creation has made; None if there is none.

        A Kubernetes object's name is given whether it is there or not: the refresh that follows
        drops what is not. Raises LocalError if that cannot be found out.
        """
        kind, inputs = resource["type"], resource.get("inputs") or {}
        if kind.startswith("kubernetes:"):
            name = _kubernetes_id(kind, inputs)
            return Made(id=name) if name else None
        if kind not in self._resources:
            return None
        target = Target(type=kind, name=resource["urn"].rpartition("::")[2], timeout=READY_SECONDS)
        readable = {key: value for key, value in inputs.items() if not _is_secret(value)}
        known = {name for of, name in self._known if of == kind}
        try:
            found = pending.find(self._resources[kind], target, readable, known)
        except ProviderError as error:
            raise LocalError(f"What became of {target} cannot be found out: {error}") from error
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            raise LocalError(SINGULAR.format(name=target, ids=ids))
        # What no API shows, such as a password, is as the program has it.
        return Made(id=found[0].id, outputs={**inputs, **found[0].outputs}) if found else None


def take_up(
    deployment: dict[str, Any], search: Search, *, late_seconds: float = LATE_SECONDS
) -> list[str]:
    """Puts into a stack's exported deployment what its pending creations have made.

    Looks a second time after `late_seconds` where it found nothing. Gives the URNs of all that was
    under way and is in the deployment: a refresh of them is to follow, which drops what is not
    there after all. The pending operations are settled by that.
    """
    state = deployment.setdefault("resources", [])
    pending_operations = deployment.pop("pending_operations", None) or []
    begun = [operation["resource"] for operation in pending_operations]
    creating = [one["resource"] for one in pending_operations if one["type"] == "creating"]
    found = [(resource, search.find(resource)) for resource in creating]
    if any(made is None for _, made in found):
        time.sleep(late_seconds)
    for resource, first in found:
        made = first or search.find(resource)
        if made is not None:
            _insert(state, {**resource, "id": made.id, "outputs": dict(made.outputs)})
    there = {resource["urn"] for resource in state}
    return [resource["urn"] for resource in begun if resource["urn"] in there]


def _insert(state: list[dict[str, Any]], new: dict[str, Any]) -> None:
    """As the engine has it after a creation: a replaced resource goes, or is to be deleted."""
    for place, old in enumerate(state):
        if old["urn"] != new["urn"] or old.get("delete"):
            continue
        if old.get("id") == new["id"]:
            return
        if old.get("pendingReplacement"):
            state[place] = new
        else:
            # What depends on the URN has to come after both.
            state[place] = {**old, "delete": True}
            state.insert(place, new)
        return
    state.append(new)


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and SIGNATURE in value


def _kubernetes_id(kind: str, inputs: Mapping[str, Any]) -> str | None:
    """namespace/name, or the name alone of an object outside namespaces."""
    release = kind.startswith("kubernetes:helm.sh/")
    place = inputs if release else inputs.get("metadata") or {}
    if "name" not in place:
        return None
    namespace = place.get("namespace") or ("default" if release else None)
    return f"{namespace}/{place['name']}" if namespace else place["name"]
