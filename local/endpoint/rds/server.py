"""One RDS instance's PostgreSQL server, brought to the state that AWS describes."""

import logging
import shutil
import ssl
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import ConnStatus, PGconn
from tenacity import retry, retry_if_exception_message, stop_after_delay, wait_fixed

from local.endpoint.rds.administration import ADMIN, set_password, set_up
from local.endpoint.rds.certificate import Authority
from local.endpoint.rds.configuration import ACCESS_RULES, write_configuration
from local.endpoint.rds.extensions import mark_extensions
from local.endpoint.rds.instance import ServerState
from local.endpoint.rds.parameters import forces_tls, is_static
from local.endpoint.rds.ports import free_port
from local.endpoint.rds.record import Record
from local.endpoint.rds.specification import InstanceSpec
from local.endpoint.rds.tls_front import TlsFront
from local.endpoint.rds.versions import binaries_for
from migrator.scratch import PostgresServer, ServerError

LOG = logging.getLogger(__name__)
CONNECT_TIMEOUT_SECONDS = 10
# Recovery after a crash; what the server says meanwhile.
READY_TIMEOUT_SECONDS = 120
NOT_READY = r"the database system is (starting up|not yet accepting connections|in recovery mode)"


class RdsServer:
    """The server in one folder.

    The folder holds the PostgreSQL data, its log, the certificate and the record of what was
    done. A server that still runs after the endpoint died is adopted; its TLS front is not
    a process and is opened anew.

    port: where the front listens if the folder has no record yet.
    """

    def __init__(self, directory: Path, authority: Authority, *, port: int) -> None:
        self.directory = directory
        self._authority = authority
        self._port = port
        self._front: TlsFront | None = None
        self._settled: InstanceSpec | None = None

    def ensure(self, spec: InstanceSpec) -> ServerState:
        """Starts, restarts, stops or reconfigures the server as far as it is needed."""
        if spec == self._settled and not self.died:
            return self._state(spec)
        self._settled = None
        self.directory.mkdir(parents=True, exist_ok=True)
        record = Record.read(self.directory) or self._new_record(spec)
        try:
            self._bring_to(spec, record)
        except (ServerError, psycopg.Error, OSError, ssl.SSLError) as error:
            LOG.error("RDS instance %s: %s", spec.identifier, error)
            changed = record.complete and record.applied != spec.values()
            return ServerState(
                status="incompatible-parameters" if changed else "failed",
                port=record.port,
                pending_reboot=False,
            )
        self._settled = spec
        return self._state(spec)

    @property
    def died(self) -> bool:
        """Whether the server is gone although it should run, or could not be set up."""
        wanted = self._settled
        return wanted is None or (self._postgres().pid is not None) != wanted.running

    def stop(self) -> None:
        """Stops the server; its data stay."""
        self._close_front()
        self._postgres().stop()
        self._settled = None

    def destroy(self) -> None:
        """Stops the server and removes its folder."""
        self._close_front()
        self._postgres().destroy()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _new_record(self, spec: InstanceSpec) -> Record:
        record = Record(
            resource_id=spec.resource_id,
            identifier=spec.identifier,
            port=self._port,
            backend_port=0,
            major=binaries_for(spec.major).version,
            reboots=spec.reboots,
            applied={},
        )
        record.write(self.directory)
        return record

    def _bring_to(self, spec: InstanceSpec, record: Record) -> None:
        if not spec.running:
            self.stop()
            return
        adopted = self._postgres().pid is not None and record.complete
        if adopted and record.reboots == spec.reboots:
            record = self._reconfigure(spec, record)
        else:
            record = self._start(spec, record)
        with self._connect(record, ADMIN) as connection:
            if not record.complete:
                set_up(connection, spec)
            if not self._logs_in(spec, record):
                set_password(connection, spec)
        record = record.with_changes(complete=True, identifier=spec.identifier)
        record.with_changes(port=self._open_front(spec, record)).write(self.directory)

    def _start(self, spec: InstanceSpec, record: Record) -> Record:
        self._postgres().stop()
        if not record.complete:
            # Whatever an interrupted creation left is not worth keeping.
            self._postgres().destroy()
        parameters, binaries = spec.values(), binaries_for(record.major)
        server = PostgresServer(
            self._data,
            superuser=ADMIN,
            settings={
                "config_file": str(write_configuration(self.directory, parameters)),
                "unix_socket_directories": _socket_directory(record),
                **mark_extensions(self.directory, binaries),
            },
            hba=ACCESS_RULES,
            binaries=binaries,
        ).start()
        record = record.with_changes(
            backend_port=server.port, reboots=spec.reboots, applied=parameters
        )
        record.write(self.directory)
        return record

    def _reconfigure(self, spec: InstanceSpec, record: Record) -> Record:
        parameters, wanted = dict(record.applied), spec.values()
        at_once = {p.name for p in spec.parameters if p.immediate and not is_static(p.name)}
        for name in {*parameters, *wanted}:
            if name in at_once:
                parameters[name] = wanted[name]
            elif name not in wanted and not is_static(name):
                del parameters[name]
        if parameters != record.applied:
            write_configuration(self.directory, parameters)
            with self._connect(record, ADMIN) as connection:
                connection.execute("SELECT pg_reload_conf()")
            record = record.with_changes(applied=parameters)
            record.write(self.directory)
        return record

    def _open_front(self, spec: InstanceSpec, record: Record) -> int:
        force = forces_tls(record.applied, spec.major)
        backend = f"{_socket_directory(record)[1:]}/.s.PGSQL.{record.backend_port}"
        if self._front is not None:
            self._front.force_tls, self._front.backend = force, backend
            return self._front.port
        certificate, key = self.directory / "server.crt", self.directory / "server.key"
        self._authority.ensure("127.0.0.1", certificate=certificate, key=key)

        def opened(port: int) -> TlsFront:
            return TlsFront(
                port=port,
                backend=backend,
                certificate=str(certificate),
                key=str(key),
                force_tls=force,
            )

        try:
            self._front = opened(record.port)
        except OSError:
            LOG.warning("port %d of %s is taken, using another", record.port, spec.identifier)
            self._front = opened(free_port())
        return self._front.port

    def _close_front(self) -> None:
        if self._front is not None:
            self._front.close()
            self._front = None

    def _connect(
        self, record: Record, user: str, password: str | None = None
    ) -> psycopg.Connection[Any]:
        conninfo = make_conninfo(
            host=_socket_directory(record),
            port=record.backend_port,
            user=user,
            password=password,
            dbname="postgres",
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
        )
        return _opened(conninfo)

    def _logs_in(self, spec: InstanceSpec, record: Record) -> bool:
        try:
            self._connect(record, spec.username, spec.password).close()
        except psycopg.OperationalError:
            return False
        return True

    def _state(self, spec: InstanceSpec) -> ServerState:
        record = Record.read(self.directory)
        if record is None:
            return ServerState(status="failed", port=self._port, pending_reboot=False)
        return ServerState(
            status="available" if spec.running else "stopped",
            port=record.port,
            pending_reboot=record.applied != spec.values(),
        )

    def _postgres(self) -> PostgresServer:
        return PostgresServer(self._data, superuser=ADMIN)

    @property
    def _data(self) -> Path:
        return self.directory / "data"


@retry(
    retry=retry_if_exception_message(match=f"(?s).*{NOT_READY}"),
    stop=stop_after_delay(READY_TIMEOUT_SECONDS),
    wait=wait_fixed(0.1),
    reraise=True,
)
def _opened(conninfo: str) -> psycopg.Connection[Any]:
    # psycopg.connect would look an abstract socket's name up as a host's.
    connection = PGconn.connect(conninfo.encode())
    if connection.status != ConnStatus.OK:
        raise psycopg.OperationalError(connection.get_error_message())
    opened: psycopg.Connection[Any] = psycopg.Connection(connection)
    opened.autocommit = True
    return opened


def _socket_directory(record: Record) -> str:
    # An abstract socket: the path of a file would be too long below some home directories.
    return f"@groundwork-{record.resource_id}"
