"""Fetches programs from their projects' own release pages, where the network allows it."""

import functools
import hashlib
import http.client
import io
import platform
import socket
import tarfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

from local.screen import Screen
from local.toolchain.cache import Cache, publish
from local.toolchain.pins import pinned
from local.toolchain.releases import RELEASES, Release, read

REACH_SECONDS = 3.0
MACHINE_NAMES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
"""The releases' names of the machines that Python knows by others."""


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
    """Fetches a program to `target`; False if it is not to be had here, and so has to be built.

    A file whose sum is not pinned is not fetched.
    """
    machine = MACHINE_NAMES.get(platform.machine())
    if name not in RELEASES or machine is None or platform.system() != "Linux":
        return False
    release = RELEASES[name].on(machine)
    if not reachable(urlsplit(release.url).netloc):
        return False
    expected = pinned().get(release.url)
    if expected is None:
        screen.warn(f"{name} is built instead of fetched: no sum of {release.url} is pinned.")
        return False
    with cache.building(f"fetch-{name}") as scratch:
        if target.exists():
            return True
        try:
            with screen.step(f"fetching {name}"):
                files = _contents(release, target.name, expected)
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            screen.warn(f"{name} could not be fetched ({error}); it is built instead.")
            return False
        for file, content in files.items():
            (scratch / file).write_bytes(content)
            (scratch / file).chmod(0o755)
            publish(scratch / file, target.with_name(file))
    return True


def _contents(release: Release, name: str, expected: str) -> dict[str, bytes]:
    """The files of a release by name, the program last.

    Raises ValueError if its sum is not the expected one, that or KeyError if a file is missing.
    """
    content = read(release.url)
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ValueError(f"the SHA-256 sum of {release.url} is {found}, and not {expected}")
    if not release.members:
        return {name: content}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        files = {}
        for member in release.members:
            stream = archive.extractfile(member)
            if stream is None:
                raise ValueError(f"{release.url}: {member} is not a file")
            files[member.rsplit("/", 1)[-1]] = stream.read()
        return files
