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


UNSIGNED_ACTIONS = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})


class AwsRequest(Request):
    """A request whose body is held, so that it can be read any number of times."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        body = Request(environ).get_data(cache=False)
        held: dict[str, Any] = {k: environ[k] for k in environ if k != "werkzeug.request"}
        held.pop("HTTP_TRANSFER_ENCODING", None)
        held["CONTENT_LENGTH"] = str(len(body))
        held["wsgi.input"] = io.BytesIO()
        if "HTTP_AUTHORIZATION" not in held:
            # moto finds the service of a request in this header only.
            held |= _authorization_of_url(held.get("QUERY_STRING", ""))
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
    def lacks_signature(self) -> bool:
        """Whether AWS would ask for credentials: all but a few requests must be signed."""
        if self.service is not None or "Authorization" in self.headers:
            return False
        return self.action is not None and self.action not in UNSIGNED_ACTIONS

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


def _authorization_of_url(query: str) -> dict[str, str]:
    """The header that says the same as the parameters of a presigned URL."""
    given = {name: values[0] for name, values in parse_qs(query).items()}
    scope = given.get("X-Amz-Credential", "")
    if scope.split("/")[-2:-1] in ([], ["s3"]):
        return {}
    return {
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, "
        f"SignedHeaders={given.get('X-Amz-SignedHeaders', 'host')}, "
        f"Signature={given.get('X-Amz-Signature', '')}"
    }
