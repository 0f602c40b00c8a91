"""psql for a database that wants TLS.

The psql of the PostgreSQL package is built without TLS, and a machine need not have another. So
this opens a port of its own on loopback for the time that psql runs, and carries what psql says
there to the server over TLS, checking the server's certificate as `sslmode=verify-full` does.
"""

import asyncio
import contextlib
import os
import signal
import ssl
import sys

from migrator.scratch import find_binaries

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
"""The message that asks a PostgreSQL server to go over to TLS; it answers b"S" or b"N"."""


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # One side may close at any time; psql reports what that means to it.
    with contextlib.suppress(OSError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()


async def _connect(
    host: str, port: int, authority: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the server over TLS. Raises OSError where the server fails at that."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(SSL_REQUEST)
    if await reader.read(1) != b"S":
        writer.close()
        raise ConnectionError("the server offers no TLS")
    await writer.start_tls(ssl.create_default_context(cafile=authority), server_hostname=host)
    return reader, writer


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, authority: str
) -> None:
    """Serves one connection of psql."""
    try:
        server_reader, server_writer = await _connect(host, port, authority)
    except OSError as error:
        print(f"psql: {host}:{port}: {error}", file=sys.stderr)
        writer.close()
        return
    await asyncio.gather(_copy(reader, server_writer), _copy(server_reader, writer))


async def run(arguments: list[str], host: str, port: int, authority: str) -> int:
    """Runs psql with the arguments against a server; gives its exit code.

    authority: the file of the certificate that has to have signed the server's.
    """

    connections: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrying = _carry(reader, writer, host, port, authority)
        connections.add(asyncio.get_running_loop().create_task(carrying))

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        place = listener.sockets[0].getsockname()
        environment = {
            **os.environ,
            "PGHOST": place[0],
            "PGPORT": str(place[1]),
            "PGSSLMODE": "disable",
        }
        environment.pop("PGSSLROOTCERT", None)
        # Ctrl-C is psql's: it cancels a query.
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
        # As in `psql $DATABASE_URL`.
        here, there = f"@{host}:{port}/", f"@{place[0]}:{place[1]}/"
        psql = await asyncio.create_subprocess_exec(
            find_binaries()[0].directory / "psql",
            *(a.replace(here, there) if "://" in a else a for a in arguments),
            env=environment,
        )
        code = await psql.wait()
        # psql has closed its side, so each connection is about to end by itself.
        await asyncio.gather(*connections)
        return code


def main() -> int:
    """psql with the command line's arguments and the database of the environment."""
    settings = os.environ
    if "PGHOST" not in settings or "PGSSLROOTCERT" not in settings:
        print(
            "psql: no database in this shell: `make up`, then `source .local/env`", file=sys.stderr
        )
        return 2
    port = int(settings.get("PGPORT", "5432"))
    return asyncio.run(run(sys.argv[1:], settings["PGHOST"], port, settings["PGSSLROOTCERT"]))


if __name__ == "__main__":
    sys.exit(main())
