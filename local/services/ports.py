"""The loopback ports of the services: remembered, and picked anew when another program took one."""

import json
import socket
from pathlib import Path

from local import files

HOST = "127.0.0.1"


class Ports:
    """The ports of one platform, kept in a file."""

    def __init__(self, file: Path):
        self._file = file
        self._ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def get(self, service: str) -> int | None:
        """The port of a service, None if it never had one."""
        return self._ports.get(service)

    def ensure(self, service: str) -> tuple[int, int | None]:
        """A free port for a service that does not run: the one it had, if that is still free.

        Gives the port, and the port that it had before if that is another one.
        """
        before = self._ports.get(service)
        if before is not None and is_free(before):
            return before, None
        port = _pick(taken=set(self._ports.values()))
        self._ports[service] = port
        self._file.parent.mkdir(parents=True, exist_ok=True)
        files.write(self._file, json.dumps(self._ports, indent=2))
        return port, before


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as server:
        # As servers do: a connection that is merely winding down does not hold the port.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((HOST, port))
        except OSError:
            return False
    return True


def _pick(taken: set[int]) -> int:
    while True:
        with socket.socket() as server:
            server.bind((HOST, 0))
            port = server.getsockname()[1]
        if port not in taken:
            return port
