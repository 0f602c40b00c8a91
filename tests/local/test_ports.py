"""Ports are remembered, and given up when another program has them."""

import socket
from pathlib import Path

from local.services.ports import Ports


def test_a_port_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "run" / "ports.json"
    port, before = Ports(file).ensure("cloud")
    assert before is None
    assert Ports(file).get("cloud") == port
    assert Ports(file).ensure("cloud") == (port, None)


def test_a_taken_port_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    port, _ = Ports(file).ensure("cloud")
    with socket.socket() as taker:
        taker.bind(("127.0.0.1", port))
        taker.listen()
        other, before = Ports(file).ensure("cloud")
    assert before == port
    assert other != port
    assert Ports(file).get("cloud") == other


def test_services_have_different_ports(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")
    assert len({ports.ensure(str(number))[0] for number in range(20)}) == 20
