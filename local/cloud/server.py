"""The process: puts the parts together, serves them, stops them."""

import logging
import signal
import threading

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import make_server

from local.cloud import clock, entropy, gaps
from local.cloud.application import CloudApplication
from local.cloud.aws import AwsApplication
from local.cloud.charts import ChartMirror
from local.cloud.config import CloudConfig
from local.cloud.credentials import ensure_user, write_credentials
from local.cloud.eks import EksService, Kubernetes
from local.cloud.journal import Journal
from local.cloud.kubernetes import Authenticator, Authorizer
from local.cloud.rds import DataPlane
from local.cloud.rds import install as install_rds
from local.cloud.rds.certificate import Authority

LOG = logging.getLogger(__name__)
# What decides how a database server must be: its instance, and its master's secret.
DATABASE_SERVICES = frozenset({"rds", "secretsmanager"})


class QuietHandler(MotoRequestHandler):
    """Keeps one connection for many requests and does not log each of them."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing: request lines can hold secrets."""


class CloudServer:
    """The local AWS endpoint of one state directory."""

    def __init__(self, config: CloudConfig) -> None:
        self._config = config
        config.state_directory.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(config.journal_file)
        header = self._journal.header
        clock.install()
        entropy.install(header.seed, header.born_at)
        gaps.install()
        self._eks = EksService(
            Kubernetes(
                endpoint=config.kubernetes_endpoint,
                authority=config.kubernetes_ca_file.read_bytes(),
            )
        )
        self._eks.install()
        self._aws = AwsApplication(self._journal, after_change=self._after_change)
        self._databases = DataPlane(
            config.rds_directory,
            Authority(certificate=config.tls_ca_cert, key=config.tls_ca_key),
            state=self._aws.state,
        )
        install_rds(self._databases.server_state)
        with entropy.seeded(header.seed + "/credentials"), clock.clock.held_at(header.born_at):
            self._key_id, self._secret = ensure_user(config.account_id)
        self._replayed = threading.Event()
        self._application = CloudApplication(
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
            services=self._services,
        )

    def run(self) -> None:
        """Serves until SIGTERM or SIGINT."""
        LOG.info("replayed %d requests", self._aws.replay())
        self._databases.settle()
        self._replayed.set()
        write_credentials(
            self._config.credentials_file,
            key_id=self._key_id,
            secret=self._secret,
            region=self._config.region,
        )
        server = make_server(
            "127.0.0.1",
            self._config.port,
            self._application,
            threaded=True,
            request_handler=QuietHandler,
        )

        def stop(*_: object) -> None:
            # shutdown() waits for serve_forever, which this very thread runs.
            threading.Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        threading.Thread(target=self._databases.watch, daemon=True).start()
        LOG.info("listening on http://127.0.0.1:%d", self._config.port)
        server.serve_forever()
        server.server_close()
        self._databases.stop()
        self._journal.close()

    def _after_change(self, service: str | None) -> None:
        if service in DATABASE_SERVICES:
            self._databases.settle()

    def _services(self) -> dict[str, str]:
        aws = "ok" if self._replayed.is_set() else "replaying"
        return {"aws": aws, **self._databases.health()}
