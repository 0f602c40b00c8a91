"""Which part of the endpoint answers a request."""

import json
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from local.endpoint.charts import ChartMirror

Answer = Callable[[WSGIEnvironment], Response]


class EndpointApplication:
    """The endpoint's front: health, charts and webhooks by path, everything else is AWS.

    aws: answers AWS requests.
    webhooks: what answers a POST, by path.
    ready: whether the AWS state is whole.
    services: the state of each service for the health report, ``ok`` if it works.
    """

    def __init__(
        self,
        *,
        charts: ChartMirror,
        aws: Answer,
        webhooks: dict[str, Answer],
        ready: Callable[[], bool],
        services: Callable[[], dict[str, str]],
    ) -> None:
        self._charts = charts
        self._aws = aws
        self._webhooks = webhooks
        self._ready = ready
        self._services = services

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(environ)(environ, start_response)

    def _answer(self, environ: WSGIEnvironment) -> Response:
        path = environ["PATH_INFO"]
        if path == "/healthz":
            return self._health()
        if path.startswith("/charts/"):
            return self._charts.answer(environ, path.removeprefix("/charts/"))
        if path in self._webhooks:
            return self._review(environ, self._webhooks[path])
        if path.startswith(("/moto-api", "/kubernetes/")):
            # moto's control pages would change state past the journal.
            return Response("not found\n", status=404)
        return self._aws(environ)

    def _review(self, environ: WSGIEnvironment, answer: Answer) -> Response:
        if Request(environ).method != "POST":
            return Response("POST only\n", status=405, headers={"Allow": "POST"})
        if not self._ready():
            return Response("the state is being replayed\n", status=503)
        return answer(environ)

    def _health(self) -> Response:
        services = self._services()
        # A database that fails is one that the next change of its settings may mend.
        healthy = services["aws"] == "ok"
        body = {"status": "ok" if healthy else "starting", "services": services}
        return Response(
            json.dumps(body) + "\n",
            status=200 if healthy else 503,
            content_type="application/json",
        )
