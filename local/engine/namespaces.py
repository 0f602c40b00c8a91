"""What keeps a namespace that is being deleted: objects in it whose finalizers nobody removes."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import urllib3

from local.engine.environment import Environment
from local.engine.events import Progress
from local.services.certificates import Certificates

DELETING = re.compile(r"^urn:.*kubernetes:core/v1:Namespace::")
# As the namespace controller says it: "widgets.example.com has 2 resource instances".
REMAINING = re.compile(r"(?P<kind>[\w.-]+) has \d+ resource instances")
FIRST_LOOK_SECONDS, LOOK_SECONDS = 3.0, 5.0


class HeldNamespaces:
    """Says once of each object that it holds a namespace which the engine waits for."""

    def __init__(self, environment: Environment) -> None:
        self._server = environment.addresses.apiserver
        certificates = Certificates(folder=environment.paths.certificates)
        self._files = {
            "ca_certs": str(certificates.ca_certificate),
            "cert_file": str(certificates.certificate("health")),
            "key_file": str(certificates.key("health")),
        }
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
        api = _Api(self._server, self._files)
        for namespace in api.items("/api/v1/namespaces"):
            if namespace["status"].get("phase") != "Terminating":
                continue
            for condition in namespace["status"].get("conditions", []):
                for found in REMAINING.finditer(condition.get("message", "")):
                    yield from api.holders(namespace["metadata"]["name"], found["kind"])


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


class _Api:
    def __init__(self, server: str, certificates: dict[str, str]) -> None:
        self._server = server
        self._pool = urllib3.PoolManager(timeout=5.0, retries=False, **certificates)  # pyright: ignore[reportArgumentType]

    def holders(self, namespace: str, kind: str) -> Iterator[Holder]:
        """The objects of a kind in a namespace that have finalizers."""
        plural, _, group = kind.partition(".")
        if group:
            version = self._get(f"/apis/{group}").get("preferredVersion", {}).get("groupVersion")
        else:
            version = "v1"
        root = f"/apis/{version}" if group else "/api/v1"
        for item in self.items(f"{root}/namespaces/{namespace}/{plural}"):
            metadata = item["metadata"]
            if metadata.get("finalizers"):
                yield Holder(
                    namespace=namespace,
                    kind=kind,
                    name=metadata["name"],
                    finalizers=tuple(metadata["finalizers"]),
                )

    def items(self, path: str) -> list[dict[str, Any]]:
        """The objects of a list; none if the API server does not answer with one."""
        return self._get(path).get("items") or []

    def _get(self, path: str) -> dict[str, Any]:
        try:
            answer = self._pool.request("GET", f"{self._server}{path}")
            return answer.json() if answer.status == 200 else {}
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            return {}  # whatever is wrong, the engine's own error tells
