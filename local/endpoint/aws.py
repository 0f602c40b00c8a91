"""The AWS APIs as a WSGI application whose state outlives the process."""

import base64
import io
import logging
import secrets
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from wsgiref.types import WSGIEnvironment

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from local.endpoint.aws_request import AwsRequest
from local.endpoint.clock import clock
from local.endpoint.entropy import seeded
from local.endpoint.fault import fault
from local.endpoint.journal import Entry, Journal

LOG = logging.getLogger(__name__)
# moto decides by these; the rest of a request's headers is not kept.
KEPT_HEADERS = frozenset(
    {"authorization", "content-type", "content-encoding", "host", "user-agent"}
)


class AwsApplication:
    """moto behind one lock, with a journal.

    A request that may change state is applied under a recorded seed and instant and
    written to the journal before it is answered: an answered request is never lost, and
    a replay makes the same ids, secrets and times.

    after_change: called with the service's name after such a request, outside the lock
        and before the answer, to bring what lies outside moto in line with it.
    """

    def __init__(self, journal: Journal, *, after_change: Callable[[str | None], None]) -> None:
        self._journal = journal
        self._after_change = after_change
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = threading.RLock()
        self._replayed = threading.Event()

    @contextmanager
    def state(self) -> Iterator[None]:
        """Keeps moto's state still while the block reads it."""
        with self._lock:
            yield

    def replay(self) -> int:
        """Applies what the journal held when it was opened; returns the number of requests.

        Logs an error for each that is answered otherwise than when it was recorded.
        Until it is done every other request is answered with status 503.
        """
        count = differing = 0
        with self._lock:
            for entry in self._journal.entries():
                request = AwsRequest(_environ_of(entry))
                response = self._apply(request, entry.seed, entry.instant_at)
                if response.status_code != entry.status:
                    differing += 1
                    LOG.error(
                        "replay: %s answered %s, was %s when it was recorded at %s",
                        *(request, response.status_code, entry.status, entry.instant),
                    )
                count += 1
        if differing:
            LOG.error(
                "replay: %d of %d requests were answered otherwise than before: objects that they "
                "made may be missing",
                *(differing, count),
            )
        self._replayed.set()
        return count

    def answer(self, environ: WSGIEnvironment) -> Response:
        """The answer to one AWS request."""
        request = AwsRequest(environ)
        if not self._replayed.is_set():
            return fault(
                request,
                status=503,
                code="ServiceUnavailable",
                message="the local endpoint is starting, try again in a moment",
            )
        if request.lacks_signature:
            return fault(
                request,
                status=403,
                code="MissingAuthenticationToken",
                message=f"{request.action} is not signed; `source .local/env` gives credentials",
            )
        if not request.changes_state:
            with self._lock:
                return self._ask_moto(request)
        with self._lock:
            seed, instant = secrets.token_hex(16), datetime.now(UTC)
            response = self._apply(request, seed, instant)
            # A refused request is recorded too: moto may have done part of it.
            self._journal.append(_entry(request, response, seed=seed, instant=instant))
        self._after_change(request.service)
        return response

    def _apply(self, request: AwsRequest, seed: str, instant: datetime) -> Response:
        # The first request to a service loads its code, which may draw ids too.
        self._moto.get_application(request.fresh_environ())
        with seeded(seed), clock.held_at(instant):
            return self._ask_moto(request)

    def _ask_moto(self, request: AwsRequest) -> Response:
        try:
            return Response.from_app(self._moto, request.fresh_environ(), buffered=True)
        except NotImplementedError:
            return fault(
                request,
                status=501,
                code="NotImplemented",
                message=f"the local endpoint does not have {request}",
            )
        except Exception as error:  # noqa: BLE001 - any defect in moto must become an answer
            trace = "".join(traceback.format_tb(error.__traceback__))
            LOG.error("%s failed with %s\n%s", request, type(error).__name__, trace)
            return fault(
                request,
                status=500,
                code="InternalFailure",
                message=f"moto failed in {request}: {type(error).__name__}: {error}",
            )


def _entry(request: AwsRequest, response: Response, *, seed: str, instant: datetime) -> Entry:
    return Entry(
        instant=instant.isoformat(),
        seed=seed,
        method=request.method,
        url=request.environ["RAW_URI"],
        headers=_kept_headers(request),
        body=base64.b64encode(request.body).decode(),
        status=response.status_code,
    )


def _kept_headers(request: AwsRequest) -> dict[str, str]:
    return {
        name: value
        for name, value in request.headers.items()
        if name.lower() in KEPT_HEADERS
        or (name.lower().startswith("x-amz-") and name.lower() != "x-amz-security-token")
    }


def _environ_of(entry: Entry) -> WSGIEnvironment:
    path, _, query = entry.url.partition("?")
    body = base64.b64decode(entry.body)
    builder = EnvironBuilder(
        path=path,
        query_string=query,
        method=entry.method,
        headers=list(entry.headers.items()),
        input_stream=io.BytesIO(body),
        content_length=len(body),
    )
    environ = builder.get_environ()
    environ["RAW_URI"] = environ["REQUEST_URI"] = entry.url
    environ["HTTP_HOST"] = entry.headers.get("Host", "127.0.0.1")
    return environ
