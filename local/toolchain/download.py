"""Fetches programs from their projects' own download sites, where the network allows it."""

import hashlib
import io
import os
import platform
import socket
import tarfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from local.screen import Screen
from local.toolchain.cache import Cache, publish
from local.toolchain.module import ETCD_VERSION, KUBERNETES_VERSION

REACH_SECONDS = 3.0
READ_SECONDS = 20.0
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def reachable(host: str) -> bool:
    """Whether a connection to the host's port 443 opens within a few seconds.

    Name resolution has no timeout of its own, so a thread that may outlive the answer asks.
    """
    answered = threading.Event()

    def connect() -> None:
        try:
            socket.create_connection((host, 443), timeout=REACH_SECONDS).close()
        except OSError:
            return
        answered.set()

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(REACH_SECONDS)
    return answered.is_set()


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=READ_SECONDS) as answer:  # noqa: S310 (https only)
        return answer.read()


def _kubernetes(name: str, system: str, machine: str) -> bytes:
    url = f"https://dl.k8s.io/v{KUBERNETES_VERSION}/bin/{system}/{machine}/{name}"
    content = _get(url)
    _check(content, _get(f"{url}.sha256").decode().strip(), url)
    return content


def _etcd(name: str, system: str, machine: str) -> bytes:
    folder = f"https://github.com/etcd-io/etcd/releases/download/v{ETCD_VERSION}"
    stem = f"etcd-v{ETCD_VERSION}-{system}-{machine}"
    archive = _get(f"{folder}/{stem}.tar.gz")
    sums = dict(line.split()[::-1] for line in _get(f"{folder}/SHA256SUMS").decode().splitlines())
    _check(archive, sums[f"{stem}.tar.gz"], f"{folder}/{stem}.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        member = tar.extractfile(f"{stem}/{name}")
        if member is None:
            raise ValueError(f"{folder}/{stem}.tar.gz holds no {name}")
        return member.read()


def _check(content: bytes, expected: str, url: str) -> None:
    if hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{url} does not have the published checksum {expected}")


SOURCES: dict[str, tuple[str, Callable[[str, str, str], bytes]]] = {
    "etcd": ("github.com", _etcd),
    "kube-apiserver": ("dl.k8s.io", _kubernetes),
    "kube-controller-manager": ("dl.k8s.io", _kubernetes),
    "kubectl": ("dl.k8s.io", _kubernetes),
}


def fetch(name: str, target: Path, cache: Cache, screen: Screen) -> bool:
    """Fetches a program to `target`; False if it is not to be had here, and so has to be built."""
    machine = MACHINES.get(platform.machine())
    if name not in SOURCES or machine is None or platform.system() != "Linux":
        return False
    host, get = SOURCES[name]
    if not reachable(host):
        return False
    with cache.building(f"fetch-{name}") as scratch:
        if target.exists():
            return True
        try:
            with screen.step(f"fetching {name}"):
                (scratch / name).write_bytes(get(name, "linux", machine))
        except (urllib.error.URLError, TimeoutError, ValueError, KeyError) as error:
            screen.warn(f"{name} could not be fetched ({error}); it is built instead.")
            return False
        os.chmod(scratch / name, 0o755)  # noqa: S103 (a program is for every user to run)
        publish(scratch / name, target)
    return True
