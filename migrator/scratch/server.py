"""One PostgreSQL server process with a data directory of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.errors import UsageError
from migrator.scratch.binaries import PostgresBinaries, pick_binaries

START_TIMEOUT_SECONDS = 60.0
# A free port may be taken between being looked for and being used.
PORT_ATTEMPTS = 3
# initdb and postgres refuse to run as root. `nobody` exists on every Linux; the
# capability lets it enter a virtual environment or a checkout below /root, and the
# secure bit makes access(2), by which initdb looks for its programs, respect that.
UNPRIVILEGED_ID = 65534
CAPABILITY = "+dac_override"
SECURE_BITS = "+no_setuid_fixup"
# How postmaster.pid says that connections are accepted.
READY = frozenset({"ready", "standby"})


class ServerError(UsageError):
    """A PostgreSQL program failed; the message carries the end of its log."""


class PortInUseError(ServerError):
    """Another program listens on the port."""


class PostgresServer:
    """A PostgreSQL server on 127.0.0.1, started and stopped by this process's user.

    data_directory: created by `start` when empty; kept by `stop`.
    superuser: the bootstrap role. Connections on loopback are trusted unless
        `hba` says otherwise, so use a password for anything but a scratch server.
    settings: server parameters, such as ``{"fsync": "off"}``.
    hba: lines of pg_hba.conf; default: trust on loopback and on the socket.
    port: 0 (the default) takes a free one at each start.

    Usable as a context manager, which stops the server but keeps its data.
    Raises ServerError if PostgreSQL cannot be initialised or started, as on a port in use.
    """

    def __init__(
        self,
        data_directory: Path,
        *,
        superuser: str = "postgres",
        settings: Mapping[str, str] | None = None,
        hba: tuple[str, ...] = ("local all all trust", "host all all 127.0.0.1/32 trust"),
        port: int = 0,
        binaries: PostgresBinaries | None = None,
    ) -> None:
        self.data_directory = data_directory.resolve()
        self.superuser = superuser
        self.settings = dict(settings or {})
        self.hba = hba
        self.port = port
        self.binaries = binaries or pick_binaries()

    @property
    def log_file(self) -> Path:
        """The server's log, beside its data directory."""
        return self.data_directory.with_name(self.data_directory.name + ".log")

    def url(self, database: str = "postgres", *, driver: str = "postgresql") -> str:
        """A connection URL for the superuser; `driver` may be ``postgresql+psycopg``."""
        # The server has no TLS, whatever PGSSLMODE says of the user's own database.
        return f"{driver}://{self.superuser}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, or None when it does not run."""
        try:
            pid = int((self.data_directory / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return None
        return pid if self._is_ours(pid) else None

    def start(self) -> Self:
        """Initialises the data directory if needed, starts the server, waits until it answers."""
        if not (self.data_directory / "PG_VERSION").exists():
            self._initialise()
        if self.pid is not None:
            self.stop()
        (self.data_directory / "pg_hba.conf").write_text("\n".join(self.hba) + "\n")
        if self.port:
            self._launch()
            return self
        for attempts_left in reversed(range(PORT_ATTEMPTS)):
            self.port = _free_port()
            try:
                self._launch()
            except PortInUseError:  # somebody was faster
                self.port = 0
                if not attempts_left:
                    raise
            else:
                break
        return self

    def stop(self) -> None:
        """Stops the server, rolling back what is open; returns once it is gone."""
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while _alive(pid):
            if time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL (pid {pid}) did not stop; see {self.log_file}")
            time.sleep(0.02)

    def destroy(self) -> None:
        """Stops the server and deletes its data and its log."""
        self.stop()
        shutil.rmtree(self.data_directory, ignore_errors=True)
        self.log_file.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _is_ours(self, pid: int) -> bool:
        # After a crash the pid file may name a process that has nothing to do with us.
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except FileNotFoundError:
            return not Path("/proc/self").exists()
        return str(self.data_directory).encode() in command

    def _initialise(self) -> None:
        self.data_directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.data_directory, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
        command = [
            self.binaries.program("initdb"),
            *("--pgdata", str(self.data_directory), "--username", self.superuser),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ]
        answer = subprocess.run(_unprivileged(command), capture_output=True, text=True, check=False)
        if answer.returncode:
            shutil.rmtree(self.data_directory, ignore_errors=True)
            raise ServerError(f"initdb failed: {answer.stderr.strip()}")

    def _launch(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self.settings,
        }
        command = [self.binaries.program("postgres"), "-D", str(self.data_directory)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                _unprivileged(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_ready(process)

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self._is_ready(process.pid):
                return
            time.sleep(0.02)
        if process.poll() is not None and not _is_free(self.port):
            raise PortInUseError(
                f"PostgreSQL did not start in {self.data_directory}: port {self.port} of "
                "127.0.0.1 is in use by another program; choose another port, or stop that one"
            )
        tail = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-15:])
        raise ServerError(f"PostgreSQL did not start in {self.data_directory}:\n{tail}")

    def _is_ready(self, pid: int) -> bool:
        # Not by connecting: whoever has the port may answer in its place.
        try:
            lines = (self.data_directory / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # The first line is the process id, the eighth how far it is.
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() in READY


def _unprivileged(command: list[str]) -> list[str]:
    if os.geteuid() != 0:
        return command
    return [
        "setpriv",
        *(f"--reuid={UNPRIVILEGED_ID}", f"--regid={UNPRIVILEGED_ID}", "--clear-groups"),
        *(f"--inh-caps={CAPABILITY}", f"--ambient-caps={CAPABILITY}"),
        f"--securebits={SECURE_BITS}",
        *command,
    ]


def _alive(pid: int) -> bool:
    # A child of this process stays a zombie until it is waited for.
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As PostgreSQL itself asks: connections that have just ended are in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
