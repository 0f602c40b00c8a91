"""Fetches programs from their projects' own release pages, where the network allows it."""

import functools
import hashlib
import http.client
import io
import platform
import socket
import tarfile
import threading
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.screen import Screen
from local.toolchain.cache import Cache, publish
from local.toolchain.module import (
    ETCD_VERSION,
    KUBERNETES_PLUGIN_VERSION,
    KUBERNETES_VERSION,
    PULUMI_VERSION,
)

REACH_SECONDS = 3.0
READ_SECONDS = 20.0
MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
GITHUB = "https://github.com"


@dataclass(frozen=True, kw_only=True)
class Release:
    """Where a program is published for Linux; {machine} stands for amd64 or arm64.

    url: the program, or the archive that it is in.
    sums: the published SHA-256 sums: one alone, or lines of sum and file name.
    members: the files to take from an archive, the program last: it is there when all are.
    """

    url: str
    sums: str
    members: tuple[str, ...] = ()


def _kubernetes(name: str) -> Release:
    url = f"https://dl.k8s.io/v{KUBERNETES_VERSION}/bin/linux/{{machine}}/{name}"
    return Release(url=url, sums=f"{url}.sha256")


_ETCD = f"{GITHUB}/etcd-io/etcd/releases/download/v{ETCD_VERSION}"
_PULUMI = f"{GITHUB}/pulumi/pulumi/releases/download/v{PULUMI_VERSION}"
_PLUGIN_VERSION = KUBERNETES_PLUGIN_VERSION
_PLUGIN = f"{GITHUB}/pulumi/pulumi-kubernetes/releases/download/v{_PLUGIN_VERSION}"

RELEASES = {
    "pulumi": Release(
        url=f"{_PULUMI}/pulumi-v{PULUMI_VERSION}-linux-{{pulumi_machine}}.tar.gz",
        sums=f"{_PULUMI}/pulumi-{PULUMI_VERSION}-checksums.txt",
        members=(
            "pulumi/pulumi-language-python-exec",
            "pulumi/pulumi-resource-pulumi-python",
            "pulumi/pulumi-language-python",
            "pulumi/pulumi",
        ),
    ),
    "pulumi-resource-kubernetes": Release(
        url=f"{_PLUGIN}/pulumi-resource-kubernetes-v{_PLUGIN_VERSION}-linux-{{machine}}.tar.gz",
        sums=f"{_PLUGIN}/pulumi-kubernetes_{_PLUGIN_VERSION}_checksums.txt",
        members=("pulumi-resource-kubernetes",),
    ),
    "etcd": Release(
        url=f"{_ETCD}/etcd-v{ETCD_VERSION}-linux-{{machine}}.tar.gz",
        sums=f"{_ETCD}/SHA256SUMS",
        members=(f"etcd-v{ETCD_VERSION}-linux-{{machine}}/etcd",),
    ),
    "kube-apiserver": _kubernetes("kube-apiserver"),
    "kube-controller-manager": _kubernetes("kube-controller-manager"),
    "kubectl": _kubernetes("kubectl"),
}


@functools.cache
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


def fetch(name: str, target: Path, cache: Cache, screen: Screen) -> bool:
    """Fetches a program to `target`; False if it is not to be had here, and so has to be built."""
    release, machine = RELEASES.get(name), MACHINES.get(platform.machine())
    if release is None or machine is None or platform.system() != "Linux":
        return False
    if not reachable(urlsplit(release.url).netloc):
        return False
    with cache.building(f"fetch-{name}") as scratch:
        if target.exists():
            return True
        try:
            with screen.step(f"fetching {name}"):
                files = _contents(release, target.name, machine)
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            screen.warn(f"{name} could not be fetched ({error}); it is built instead.")
            return False
        for file, content in files.items():
            (scratch / file).write_bytes(content)
            (scratch / file).chmod(0o755)
            publish(scratch / file, target.with_name(file))
    return True


def _contents(release: Release, name: str, machine: str) -> dict[str, bytes]:
    """The files of a release by name, the program last.

    Raises ValueError or KeyError if they are not what was published.
    """
    pulumi_machine = "x64" if machine == "amd64" else machine
    places = {"machine": machine, "pulumi_machine": pulumi_machine}
    url = release.url.format(**places)
    content = _get(url)
    expected = _sum(_get(release.sums.format(**places)).decode(), url.rsplit("/", 1)[-1])
    if hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{url} does not have the published checksum {expected}")
    if not release.members:
        return {name: content}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = {}
        for member in (member.format(**places) for member in release.members):
            stream = archive.extractfile(member)
            if stream is None:
                raise ValueError(f"{url}: {member} is not a file")
            files[member.rsplit("/", 1)[-1]] = stream.read()
        return files


def _sum(published: str, file: str) -> str:
    """The sum of a file in a list of sums, or the one that stands alone."""
    lines = [line.split() for line in published.splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0]) == 1:
        return lines[0][0]
    return {name.lstrip("*"): value for value, name in lines}[file]


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=READ_SECONDS) as answer:  # noqa: S310 (https only)
        return answer.read()
