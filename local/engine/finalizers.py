"""What keeps an object or a namespace that is being deleted: finalizers that nobody removes."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from local.engine.environment import Environment
from local.engine.events import Progress
from local.engine.kubernetes_api import KubernetesApi

DELETING = re.compile(r"^urn:.*kubernetes:(?P<version>[^:$]+):(?P<kind>\w+)::")
NAMESPACE = "Namespace"
# As the namespace controller says it: "widgets.example.com has 2 resource instances".
REMAINING = re.compile(r"(?P<kind>[\w.-]+) has \d+ resource instances")
FIRST_LOOK_SECONDS, LOOK_SECONDS = 3.0, 5.0


class HeldDeletions:
    """Says once of each object that its finalizers hold a deletion which the engine waits for."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._said: set[tuple[str | None, str, str]] = set()
        self._next: float | None = None

    def __call__(self, progress: Progress) -> list[str]:
        """What is new to say; nothing while no object is being deleted for some seconds."""
        kinds = {
            (found["version"], found["kind"])
            for urn, doing in progress.running.items()
            if doing.startswith("deleting") and (found := DELETING.match(urn))
        }
        if not kinds:
            self._next = None
            return []
        now = time.monotonic()
        if self._next is None:
            self._next = now + FIRST_LOOK_SECONDS
        if now < self._next:
            return []
        self._next = now + LOOK_SECONDS
        new = [one for one in self._holders(kinds) if one.key not in self._said]
        self._said.update(one.key for one in new)
        return [str(one) for one in new]

    def _holders(self, kinds: set[tuple[str, str]]) -> Iterator["Holder"]:
        api = KubernetesApi.of_platform(self._environment)
        for version, kind in sorted(kinds):
            if kind == NAMESPACE:
                yield from _in_namespaces(api)
            else:
                yield from _of_kind(api, version, kind)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """An object with finalizers. `kind` is its resource, such as `externalsecrets.example.com`.

    namespace: None, outside of all. waits: what its deletion holds, the object itself or its
    namespace.
    """

    namespace: str | None
    kind: str
    name: str
    finalizers: tuple[str, ...]
    waits: str

    @property
    def key(self) -> tuple[str | None, str, str]:
        """Which object it is, whatever waits for it."""
        return self.namespace, self.kind, self.name

    def __str__(self) -> str:
        patch = json.dumps({"metadata": {"finalizers": None}}, separators=(",", ":"))
        place = f"-n {self.namespace} " if self.namespace else ""
        return (
            f"{self.waits} waits for {self.kind}/{self.name}, which has the "
            f"finalizer {', '.join(self.finalizers)}: its operator has to remove "
            f"that. Where none runs: "
            f"kubectl patch {place}{self.kind} {self.name} --type merge -p '{patch}'"
        )


def _in_namespaces(api: KubernetesApi) -> Iterator[Holder]:
    """The objects that the namespace controller waits for."""
    for namespace in api.items("/api/v1/namespaces"):
        if namespace["status"].get("phase") != "Terminating":
            continue
        name = namespace["metadata"]["name"]
        for condition in namespace["status"].get("conditions", []):
            for found in REMAINING.finditer(condition.get("message", "")):
                plural, _, group = found["kind"].partition(".")
                root = "/api/v1"
                if group:
                    preferred = api.get(f"/apis/{group}").get("preferredVersion", {})
                    root = f"/apis/{preferred.get('groupVersion')}"
                path = f"{root}/namespaces/{name}/{plural}"
                yield from _with_finalizers(api, path, found["kind"], f"Namespace {name}")


def _of_kind(api: KubernetesApi, version: str, kind: str) -> Iterator[Holder]:
    """The objects of a kind, such as ExternalSecret, that are being deleted."""
    root = "/api/v1" if version == "core/v1" else f"/apis/{version}"
    for resource in api.get(root).get("resources") or ():
        plural = resource["name"]
        if resource["kind"] == kind and "/" not in plural:
            group = "" if version == "core/v1" else version.partition("/")[0]
            name = f"{plural}.{group}" if group else plural
            yield from _with_finalizers(api, f"{root}/{plural}", name, "The deletion")


def _with_finalizers(api: KubernetesApi, path: str, kind: str, waits: str) -> Iterator[Holder]:
    for item in api.items(path):
        metadata = item["metadata"]
        if metadata.get("finalizers") and metadata.get("deletionTimestamp"):
            yield Holder(
                namespace=metadata.get("namespace"),
                kind=kind,
                name=metadata["name"],
                finalizers=tuple(metadata["finalizers"]),
                waits=waits,
            )
