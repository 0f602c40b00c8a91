"""psql over TLS: the server's certificate is checked, and what psql says arrives."""

import asyncio
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.paths import REPOSITORY
from local.psql import SSL_REQUEST
from local.services.certificates import Certificates
from migrator.scratch import PostgresServer


class TlsFront(threading.Thread):
    """A server's TLS side: answers the request for TLS, and hands what follows to the server."""

    def __init__(self, certificates: Certificates, server_port: int):
        super().__init__(daemon=True)
        self.port = 0
        self.ready = threading.Event()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(
            certificates.certificate("server"), certificates.key("server")
        )
        self._server_port = server_port

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = listener.sockets[0].getsockname()[1]
        self.ready.set()
        await listener.serve_forever()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(8) == SSL_REQUEST
        writer.write(b"S")
        await writer.drain()
        try:
            await writer.start_tls(self._context)
        except (ssl.SSLError, ConnectionError):
            return
        inner, outer = await asyncio.open_connection("127.0.0.1", self._server_port)
        await asyncio.gather(self._copy(reader, outer), self._copy(inner, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while content := await reader.read(65536):
            writer.write(content)
        writer.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path_factory.mktemp("postgres") / "data") as server:
        yield server


def psql(
    front: TlsFront, authority: Path, query: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    own = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(front.port),
        "PGUSER": "postgres",
        "PGDATABASE": "postgres",
        "PGSSLROOTCERT": str(authority),
    }
    return subprocess.run(
        [sys.executable, "-m", "local.psql", "-Atc", query, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def front(tmp_path: Path, server: PostgresServer) -> TlsFront:
    certificates = Certificates(folder=tmp_path / "certificates")
    certificates.ensure()
    assert server.port is not None
    front = TlsFront(certificates, server.port)
    front.start()
    front.ready.wait(10)
    return front


def test_a_query_is_answered(front: TlsFront, tmp_path: Path) -> None:
    result = psql(front, tmp_path / "certificates" / "ca.crt", "select 6 * 7")
    assert (result.stdout, result.stderr, result.returncode) == ("42\n", "", 0)


def test_an_address_of_the_database_is_reached_as_well(front: TlsFront, tmp_path: Path) -> None:
    address = f"postgresql://postgres@127.0.0.1:{front.port}/template1"
    authority = tmp_path / "certificates" / "ca.crt"
    result = psql(front, authority, "select current_database()", address)
    assert (result.stdout, result.stderr) == ("template1\n", "")


def test_a_failing_query_fails(front: TlsFront, tmp_path: Path) -> None:
    result = psql(front, tmp_path / "certificates" / "ca.crt", "select nothing")
    assert result.returncode == 1
    assert 'column "nothing" does not exist' in result.stderr
    assert "Traceback" not in result.stderr


def test_another_authoritys_server_is_refused(front: TlsFront, tmp_path: Path) -> None:
    other = Certificates(folder=tmp_path / "other")
    other.ensure()
    result = psql(front, other.ca_certificate, "select 1")
    assert result.returncode != 0
    assert result.stdout == ""
    assert "certificate verify failed" in result.stderr


def test_without_a_database_it_says_what_to_do() -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    result = subprocess.run(
        [sys.executable, "-m", "local.psql"],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "make up" in result.stderr
