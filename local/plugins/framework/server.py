"""A plugin's process: serves on a free loopback port until the engine ends it."""

from __future__ import annotations

import logging
import sys
from concurrent import futures

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from local.plugins.framework.plugin import Plugin
from local.plugins.framework.servicer import Servicer
from local.stopping import StopSignal

_THREADS = 32  # one a resource that is being created at the same time
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def start(plugin: Plugin) -> tuple[grpc.Server, int]:
    """A running server for ``plugin`` and its port on 127.0.0.1."""
    pool = futures.ThreadPoolExecutor(_THREADS, thread_name_prefix=plugin.name)
    server = grpc.server(pool, options=_UNLIMITED)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(plugin), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(plugin: Plugin) -> None:
    """Serves until SIGTERM or SIGINT. The first line of stdout is the port, as Pulumi asks."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    stop = StopSignal()
    server, port = start(plugin)
    print(port, flush=True)
    stop.wait()
    plugin.stop()
    server.stop(grace=1).wait()
