"""The plugins as the engine starts them: processes that print a port, serve, and can be ended."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from local.plugins.aws.provider import AwsPlugin
from tests.plugins.host import REGION, Host, hosted

_ROOT = Path(__file__).parents[2]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Python with these arguments; killed at the end of the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("module", ["local.plugins.aws", "local.plugins.random"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_prints_its_port_serves_and_ends(module: str, number: signal.Signals) -> None:
    with started("-m", module, "127.0.0.1:1") as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            version = stub.GetPluginInfo(empty_pb2.Empty()).version
        assert version.count(".") == 2
        process.send_signal(number)
        assert process.wait(timeout=20) == 0


def test_hears_a_signal_that_does_not_wake_its_main_thread() -> None:
    program = """if True:
        import builtins, runpy, signal
        say = builtins.print
        def print_port(*args, **options):
            # All threads that take signals are others now.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            say(*args, **options)
        builtins.print = print_port
        runpy.run_module("local.plugins.random", run_name="__main__")
    """
    with started("-c", program) as process:
        assert process.stdout
        assert int(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


def test_says_that_there_is_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with (
        pytest.raises(grpc.RpcError, match="AWS_ENDPOINT_URL is not set"),
        hosted(AwsPlugin(), {"region": REGION}),
    ):
        pass


def test_says_that_the_endpoint_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with (
        hosted(AwsPlugin(), {"region": REGION}) as host,
        pytest.raises(grpc.RpcError, match=r"'lost'.*127\.0\.0\.1:9"),
    ):
        host.create("aws:ec2/vpc:Vpc", "lost", {"cidrBlock": "10.0.0.0/16"})


def test_an_engine_that_cancels_ends_a_wait(host: Host, endpoint: str) -> None:
    vpc = host.create("aws:ec2/vpc:Vpc", "busy", {"cidrBlock": "10.0.0.0/16"})
    inputs = {"vpcId": vpc.id, "cidrBlock": "10.0.0.0/24"}
    subnet = host.create("aws:ec2/subnet:Subnet", "busy", inputs)
    with hosted(AwsPlugin(), {"region": REGION}) as other:
        timer = threading.Timer(0.5, lambda: other.stub.Cancel(empty_pb2.Empty()))
        timer.start()
        start = time.monotonic()
        with pytest.raises(grpc.RpcError, match="interrupted while waiting"):
            other.delete(vpc)
        assert time.monotonic() - start < 60
        timer.join()
    host.delete(subnet)
    host.delete(vpc)
