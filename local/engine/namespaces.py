"""What keeps a namespace that is being deleted: objects in it whose finalizers nobody removes."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from local.engine.environment import Environment
from local.engine.events import Progress
from local.engine.kubernetes_api import KubernetesApi

DELETING = re.compile(r"^urn:.*kubernetes:core/v1:Namespace::")
# As the namespace controller says it: "widgets.example.com has 2 resource instances".
REMAINING = re.compile(r"(?P<kind>[\w.-]+) has \d+ resource instances")
FIRST_LOOK_SECONDS, LOOK_SECONDS = 3.0, 5.0


class HeldNamespaces:
    """Says once of each object that it holds a namespace which the engine waits for."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._said: set[str] = set()
        self._next: float | None = None

    def __call__(self, progress: Progress) -> list[str]:
        """What is new to say; nothing while no namespace is being deleted for some seconds."""
        if not any(DELETING.match(urn) for urn in progress.running):
            self._next = None
            return []
        now = time.monotonic()
        if self._next is None:
            self._next = now + FIRST_LOOK_SECONDS
        if now < self._next:
            return []
        self._next = now + LOOK_SECONDS
        new = [text for text in map(str, self._holders()) if text not in self._said]
        self._said.update(new)
        return new

    def _holders(self) -> Iterator["Holder"]:
        api = KubernetesApi.of_platform(self._environment)
        for namespace in api.items("/api/v1/namespaces"):
            if namespace["status"].get("phase") != "Terminating":
                continue
            for condition in namespace["status"].get("conditions", []):
                for found in REMAINING.finditer(condition.get("message", "")):
                    yield from _holders(api, namespace["metadata"]["name"], found["kind"])


@dataclass(frozen=True, kw_only=True)
class Holder:
    """An object with finalizers. `kind` is its resource, such as `externalsecrets.example.com`."""

    namespace: str
    kind: str
    name: str
    finalizers: tuple[str, ...]

    def __str__(self) -> str:
        patch = json.dumps({"metadata": {"finalizers": None}}, separators=(",", ":"))
        return (
            f"Namespace {self.namespace} waits for {self.kind}/{self.name}, which has the "
            f"finalizer {', '.join(self.finalizers)}: its operator has to remove "
            f"that. Where none runs: "
            f"kubectl patch -n {self.namespace} {self.kind} {self.name} --type merge -p '{patch}'"
        )


def _holders(api: KubernetesApi, namespace: str, kind: str) -> Iterator[Holder]:
    """The objects of a kind in a namespace that have finalizers."""
    plural, _, group = kind.partition(".")
    root = "/api/v1"
    if group:
        preferred = api.get(f"/apis/{group}").get("preferredVersion", {})
        root = f"/apis/{preferred.get('groupVersion')}"
    for item in api.items(f"{root}/namespaces/{namespace}/{plural}"):
        metadata = item["metadata"]
        if metadata.get("finalizers"):
            yield Holder(
                namespace=namespace,
                kind=kind,
                name=metadata["name"],
                finalizers=tuple(metadata["finalizers"]),
            )
