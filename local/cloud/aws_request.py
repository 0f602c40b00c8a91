"""An AWS request: its body, the service and action that it asks for, what it may change."""

import io
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

READING_PREFIXES = (
    *("Describe", "Get", "List", "BatchGet", "Head", "Lookup", "Search", "Filter", "Query"),
    *("Scan", "Select", "Simulate", "Validate", "Verify", "Test", "Check", "Preview", "Estimate"),
)
# KMS computes with keys but keeps nothing.
READING_ACTIONS = frozenset(
    {
        *("Encrypt", "Decrypt", "ReEncrypt", "Sign", "GenerateRandom", "GenerateMac"),
        *("GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair"),
        *("DecodeAuthorizationMessage", "DownloadDBLogFilePortion"),
    }
)


class AwsRequest(Request):
    """A request whose body is held, so that it can be read any number of times."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        body = Request(environ).get_data(cache=False)
        held: dict[str, Any] = {k: environ[k] for k in environ if k != "werkzeug.request"}
        held.pop("HTTP_TRANSFER_ENCODING", None)
        held["CONTENT_LENGTH"] = str(len(body))
        held["wsgi.input"] = io.BytesIO()
        super().__init__(held)
        self.body = body

    def fresh_environ(self) -> WSGIEnvironment:
        """The request as a WSGI application takes it, its body unread."""
        return {**self.environ, "wsgi.input": io.BytesIO(self.body)}

    @cached_property
    def service(self) -> str | None:
        """The signing name of the service, such as ``ec2``; None if it is not signed."""
        scope = self.headers.get("Authorization", "").partition("Credential=")[2]
        parts = scope.partition(",")[0].split("/")
        return parts[3].lower() if len(parts) == 5 else None

    @cached_property
    def action(self) -> str | None:
        """The action's name, such as ``CreateVpc``; None if it cannot be told."""
        target = self.headers.get("X-Amz-Target")
        if target:
            return str(target).rpartition(".")[2]
        if self.mimetype == "application/x-www-form-urlencoded":
            form = parse_qs(self.body.decode("utf-8", "replace"))
        else:
            form = parse_qs(self.query_string.decode("utf-8", "replace"))
        if "Action" in form:
            return form["Action"][0]
        return self._routed_action()

    @property
    def changes_state(self) -> bool:
        """Whether the request must be journalled; in doubt it must."""
        if self.action is None:
            return self.method not in {"GET", "HEAD", "OPTIONS"}
        return not (self.action.startswith(READING_PREFIXES) or self.action in READING_ACTIONS)

    def __str__(self) -> str:
        return f"{self.service} {self.action or self.path}"

    def _routed_action(self) -> str | None:
        if self.service is None:
            return None
        try:
            operation, _ = get_service_router(self.service).match(Request(self.fresh_environ()))
        except (HTTPException, NotImplementedError, LookupError, ValueError):
            # A few services are not modelled under their signing name.
            return None
        return str(operation.name)
