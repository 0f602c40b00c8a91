"""The process: puts the parts together, serves them, stops them."""

import logging
import signal
import threading
from types import FrameType

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from local.endpoint import clock, entropy, gaps
from local.endpoint.application import EndpointApplication
from local.endpoint.aws import AwsApplication
from local.endpoint.charts import ChartMirror
from local.endpoint.config import EndpointConfig
from local.endpoint.credentials import ensure_user, write_credentials
from local.endpoint.eks import EksService, Kubernetes
from local.endpoint.journal import Journal
from local.endpoint.rds import DataPlane
from local.endpoint.rds import install as install_rds
from local.endpoint.rds.certificate import Authority
from local.endpoint.webhooks import Authenticator, Authorizer

LOG = logging.getLogger(__name__)
# What decides how a database server must be: its instance, and its master's secret.
DATABASE_SERVICES = frozenset({"rds", "secretsmanager"})


class QuietHandler(MotoRequestHandler):
    """Keeps one connection for many requests and does not log each of them."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing: request lines can hold secrets."""


class EndpointServer:
    """The local AWS endpoint of one state directory.

    Raises JournalError if the state cannot be read or another endpoint uses it.
    """

    def __init__(self, config: EndpointConfig) -> None:
        self._config = config
        self._journal = Journal(config.journal_file)
        header = self._journal.header
        clock.install()
        entropy.install(header.seed, header.born_at)
        self._eks = EksService(
            Kubernetes(
                endpoint=config.kubernetes_endpoint,
                authority=config.kubernetes_ca_file.read_bytes(),
            )
        )
        self._eks.install()
        gaps.install(eks=self._eks.store)
        self._aws = AwsApplication(self._journal, after_change=self._after_change)
        self._databases = DataPlane(
            config.rds_directory,
            Authority(certificate=config.tls_ca_cert, key=config.tls_ca_key),
            state=self._aws.state,
        )
        install_rds(self._databases.server_state)
        self._ready = threading.Event()
        self._application = EndpointApplication(
            charts=ChartMirror(config.chart_directory),
            aws=self._aws.answer,
            webhooks={
                "/kubernetes/authenticate": Authenticator(
                    account_id=config.account_id,
                    own_hosts=frozenset({f"127.0.0.1:{config.port}", f"localhost:{config.port}"}),
                    state=self._aws.state,
                    stores=self._eks.stores,
                ).answer,
                "/kubernetes/authorize": Authorizer(
                    state=self._aws.state, stores=self._eks.stores
                ).answer,
            },
            ready=self._ready.is_set,
            services=self._services,
        )

    def run(self) -> None:
        """Serves until SIGTERM or SIGINT, which it leaves by SystemExit.

        Raises OSError if the port is taken.
        """
        # The front answers at once, so that a taken port shows and /healthz can be asked.
        front = make_server(
            "127.0.0.1",
            self._config.port,
            self._application,
            threaded=True,
            request_handler=QuietHandler,
        )
        threading.Thread(target=front.serve_forever, daemon=True).start()
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGINT, _leave)
        try:
            self._prepare()
            LOG.info("listening on http://127.0.0.1:%d", self._config.port)
            self._databases.watch()
        finally:
            self._close(front)

    def _prepare(self) -> None:
        header = self._journal.header
        with entropy.seeded(header.seed + "/credentials"), clock.clock.held_at(header.born_at):
            key_id, secret = ensure_user(self._config.account_id, self._config.region)
        LOG.info("replayed %d requests", self._aws.replay())
        self._databases.settle()
        write_credentials(
            self._config.credentials_file,
            key_id=key_id,
            secret=secret,
            region=self._config.region,
        )
        self._ready.set()

    def _close(self, front: BaseWSGIServer) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        front.shutdown()
        front.server_close()
        self._databases.stop()
        self._journal.close()

    def _after_change(self, service: str | None) -> None:
        if service in DATABASE_SERVICES:
            self._databases.settle()

    def _services(self) -> dict[str, str]:
        aws = "ok" if self._ready.is_set() else "replaying"
        return {"aws": aws, **self._databases.health()}


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
