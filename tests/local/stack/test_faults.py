"""What is killed, taken or started twice."""

import os
import signal
import socket
import time

import psutil
import pytest

from tests.local.stack.checkout import Checkout

SERVICES = ("etcd", "kube-apiserver", "kube-controller-manager", "cloud")


def kill(pid: int) -> None:
    """Ends a process at once, and waits until it is gone."""
    process = psutil.Process(pid)
    process.kill()
    process.wait(20)


def test_killed_services_return_with_what_they_held(deployed: Checkout) -> None:
    vpcs = deployed.client("ec2").describe_vpcs()["Vpcs"]
    for service in SERVICES:
        kill(deployed.pid(service))
    said = deployed.must("up")
    assert "no changes" in said
    assert said.count("had ended and is started again") == len(SERVICES)
    assert deployed.client("ec2").describe_vpcs()["Vpcs"] == vpcs
    deployed.said("kubectl get externalsecret -n production app-secrets")


def test_a_second_command_says_who_is_at_work(deployed: Checkout) -> None:
    first = deployed.start("up")
    holder = deployed.home / "lock-holder"
    while not holder.exists():
        assert first.poll() is None
        time.sleep(0.01)
    second = deployed.run("up")
    assert second.returncode == 1
    assert f"`up` (pid {first.pid}) is at work" in second.stderr
    assert first.wait(300) == 0


@pytest.mark.parametrize("seconds", [1.0, 3.0, 6.0])
def test_up_after_a_killed_up_finishes(deployed: Checkout, seconds: float) -> None:
    with deployed.edited() as file:
        file.set(f"killed-{seconds:.0f}", "groundwork:tags", "environment")
        first = deployed.start("up")
        time.sleep(seconds)
        first.send_signal(signal.SIGKILL)
        first.wait(20)
        deployed.must("up")
        vpc = deployed.resource("aws:ec2/vpc:Vpc")["id"]
        tags = deployed.client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]
        assert {"Key": "environment", "Value": f"killed-{seconds:.0f}"} in tags
    assert "no changes" in deployed.must("refresh")
    deployed.must("up")


def test_up_after_everything_was_killed_finishes(deployed: Checkout) -> None:
    """As when the machine loses power: the command, the engine, the plugins, the services."""
    with deployed.edited() as file:
        file.set("powerless", "groundwork:tags", "environment")
        first = deployed.start("up")
        events = deployed.home / "logs" / "pulumi-events.json"
        while not events.exists() or b'"op":"update"' not in events.read_bytes():
            assert first.poll() is None, (deployed.root / "output.log").read_text()
            time.sleep(0.05)
        for process in deployed.processes():
            if process.is_running():
                process.kill()
        first.wait(20)
        deployed.must("up")
    assert "no changes" in deployed.must("refresh")
    deployed.must("up")


def test_a_taken_port_is_given_up(deployed: Checkout) -> None:
    port = deployed.client("ec2").meta.endpoint_url.rsplit(":", 1)[1]
    kill(deployed.pid("cloud"))
    with socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taker.bind(("127.0.0.1", int(port)))
        taker.listen()
        said = deployed.must("up")
    assert f"Port {port} of cloud is taken" in said
    assert deployed.client("ec2").meta.endpoint_url.rsplit(":", 1)[1] != port
    assert "no changes" in deployed.must("up")


def test_an_engine_of_the_user_is_not_disturbed(deployed: Checkout) -> None:
    """A stack that a living engine has locked is left alone."""
    engine = psutil.Popen([deployed.home / "engine" / "pulumi", "watch-nothing"])
    engine.wait(20)
    lock = deployed.home / "state" / ".pulumi" / "locks" / "organization" / "groundwork" / "local"
    lock.mkdir(parents=True, exist_ok=True)
    file = lock / "stale.json"
    file.write_text(f'{{"pid": {engine.pid}}}')
    assert "unlocked" in deployed.must("up")
    assert not file.exists()
    assert os.path.isdir(lock)
