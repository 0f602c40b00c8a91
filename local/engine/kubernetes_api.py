"""A cluster's API, as far as the recovery of a run asks it."""

import ssl
from collections.abc import Mapping
from typing import Any

import urllib3

from local.engine.environment import Environment
from local.services.certificates import Certificates

SECONDS = 5.0


class KubernetesApi:
    """`server` is its URL; `headers` go with each request."""

    def __init__(
        self, server: str, context: ssl.SSLContext, headers: Mapping[str, str] | None = None
    ) -> None:
        self._server = server
        self._pool = urllib3.PoolManager(
            timeout=SECONDS, retries=False, ssl_context=context, headers=headers
        )

    @classmethod
    def of_platform(cls, environment: Environment) -> "KubernetesApi":
        """The local platform's, as an administrator."""
        certificates = Certificates(folder=environment.paths.certificates)
        context = ssl.create_default_context(cafile=certificates.ca_certificate)
        context.load_cert_chain(certificates.certificate("health"), certificates.key("health"))
        return cls(environment.addresses.apiserver, context)

    def get(self, path: str) -> dict[str, Any]:
        """What is at a path; empty if the API does not answer with anything."""
        try:
            answer = self._pool.request("GET", f"{self._server}{path}")
            return answer.json() if answer.status == 200 else {}
        except (urllib3.exceptions.HTTPError, OSError, ValueError):
            return {}  # whatever is wrong, the engine's own error tells

    def items(self, path: str) -> list[dict[str, Any]]:
        """The objects of a list."""
        return self.get(path).get("items") or []

    def delete(self, path: str) -> None:
        """Deletes what is at a path. Raises urllib3's HTTPError if the API does not answer."""
        self._pool.request("DELETE", f"{self._server}{path}")
