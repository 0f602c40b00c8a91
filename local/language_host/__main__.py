"""Serves the language host on a free port and prints the port, as every Pulumi plugin does."""

import re
import sys
from concurrent import futures
from pathlib import Path

from local.language_host.protocol import leave_sdk_unimported

leave_sdk_unimported()

import grpc  # noqa: E402
from pulumi.runtime.proto import language_pb2_grpc  # noqa: E402

from local.language_host.host import LanguageHost  # noqa: E402
from local.stopping import StopSignal  # noqa: E402

UNLIMITED_MESSAGES = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def engine_address(arguments: list[str]) -> str:
    """The engine's address: the argument of the form host:port, empty if there is none."""
    return next((a for a in arguments if re.fullmatch(r"[\w.\-]+:\d+", a)), "")


def main() -> None:
    """Runs until the engine (SIGINT) or a supervisor (SIGTERM) asks it to stop."""
    scripts = Path(sys.argv[1])
    stop = StopSignal()
    server = grpc.server(futures.ThreadPoolExecutor(16), options=UNLIMITED_MESSAGES)
    host = LanguageHost(engine_address(sys.argv[2:]), scripts / "pulumi-language-python-exec")
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    stop.wait()
    server.stop(grace=0).wait()


if __name__ == "__main__":
    main()
