"""TLS in front of a PostgreSQL server.

The PostgreSQL of the pip package is built without TLS. A front speaks the first bytes of the
PostgreSQL protocol, does the TLS, and passes the rest on to the server's local socket.
"""

import asyncio
import logging
import ssl
import struct
import threading
from asyncio import StreamReader, StreamWriter
from concurrent.futures import Future
from contextlib import suppress

LOG = logging.getLogger(__name__)
SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
CANCEL_REQUEST = 80877102
HANDSHAKE_TIMEOUT_SECONDS = 30
LONGEST_STARTUP_PACKET = 10_000
CHUNK = 65536


class TlsFront:
    """Listens on one loopback port for one server.

    backend: the server's abstract socket, its name without the leading NUL.
    force_tls: refuse connections without TLS, as ``rds.force_ssl`` does; may be changed.
    Raises OSError if the port is taken.
    """

    def __init__(
        self, *, port: int, backend: str, certificate: str, key: str, force_tls: bool
    ) -> None:
        self.port = port
        self.backend = backend
        self.force_tls = force_tls
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._context.load_cert_chain(certificate, key)
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.Task[None]] = set()
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.result()

    def close(self) -> None:
        """Gives up the port and every connection."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def _run(self, started: "Future[None]") -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(started))
        finally:
            self._loop.close()

    async def _serve(self, started: "Future[None]") -> None:
        self._stopped = asyncio.Event()
        try:
            server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        except OSError as error:
            started.set_exception(error)
            return
        started.set_result(None)
        await self._stopped.wait()
        server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            await self._connect(reader, writer)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            # A client that went away, spoke another protocol or refused the certificate.
            LOG.debug("connection to port %d ended: %s", self.port, error)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        async with asyncio.timeout(HANDSHAKE_TIMEOUT_SECONDS):
            code, packet = await _startup_packet(reader)
            if code == GSS_REQUEST:
                writer.write(b"N")
                code, packet = await _startup_packet(reader)
            encrypted = code == SSL_REQUEST
            if encrypted:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self._context)
                code, packet = await _startup_packet(reader)
        if self.force_tls and not encrypted and code != CANCEL_REQUEST:
            writer.write(_no_encryption(packet))
            await writer.drain()
            return
        try:
            opened = await asyncio.open_unix_connection("\0" + self.backend)
        except OSError:
            writer.write(_error("57P03", "the database system is not accepting connections"))
            await writer.drain()
            return
        server_reader, server_writer = opened
        server_writer.write(packet)
        await _join((reader, writer), (server_reader, server_writer))


async def _startup_packet(reader: StreamReader) -> tuple[int, bytes]:
    head = await reader.readexactly(8)
    length, code = struct.unpack("!II", head)
    if not 8 <= length <= LONGEST_STARTUP_PACKET:
        raise ValueError(f"no PostgreSQL startup packet: length {length}")
    return code, head + await reader.readexactly(length - 8)


async def _join(
    client: tuple[StreamReader, StreamWriter], server: tuple[StreamReader, StreamWriter]
) -> None:
    """Copies both ways until one side ends."""
    ways = [
        asyncio.create_task(_copy(client[0], server[1])),
        asyncio.create_task(_copy(server[0], client[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        server[1].close()


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()


def _no_encryption(packet: bytes) -> bytes:
    words = packet[8:].split(b"\0")
    given = dict(zip(words[::2], words[1::2], strict=False))
    user = given.get(b"user", b"").decode(errors="replace")
    database = given.get(b"database", b"").decode(errors="replace") or user
    return _error(
        "28000",
        f'no pg_hba.conf entry for host "127.0.0.1", user "{user}", database "{database}", '
        "no encryption",
    )


def _error(state: str, message: str) -> bytes:
    fields = {"S": "FATAL", "V": "FATAL", "C": state, "M": message}
    body = b"".join(f"{kind}{text}".encode() + b"\0" for kind, text in fields.items()) + b"\0"
    return b"E" + struct.pack("!I", len(body) + 4) + body
