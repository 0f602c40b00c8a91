"""Programs that the machine already has, in a version that fits."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from local.toolchain.module import KUBERNETES_VERSION

Version = tuple[int, int]
ASK_SECONDS = 10


def minor(version: str) -> Version:
    """Major and minor number of a version such as "3.274.1"."""
    major, second, *_ = version.split(".")
    return int(major), int(second)


_SERVER = minor(KUBERNETES_VERSION)


def _pulumi_fits(version: Version) -> bool:
    sdk = minor(metadata.version("pulumi"))
    return version[0] == sdk[0] and version >= sdk


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A program to look for: how it tells its version, and which versions fit."""

    name: str
    ask: tuple[str, ...]
    fits: Callable[[Version], bool]


WANTED = {
    wanted.name: wanted
    for wanted in (
        Wanted(name="pulumi", ask=("version",), fits=_pulumi_fits),
        Wanted(name="etcd", ask=("--version",), fits=lambda v: v[0] == 3 and v >= (3, 5)),
        # The two servers have to be of one version, so only the built one's is taken.
        Wanted(name="kube-apiserver", ask=("--version",), fits=lambda v: v == _SERVER),
        Wanted(name="kube-controller-manager", ask=("--version",), fits=lambda v: v == _SERVER),
        Wanted(
            name="kubectl",
            ask=("version", "--client"),
            # kubectl speaks with servers one minor version older or newer than itself.
            fits=lambda v: v[0] == _SERVER[0] and abs(v[1] - _SERVER[1]) <= 1,
        ),
    )
}


def find(name: str, not_below: Path) -> Path | None:
    """A fit program on the machine: in KUBEBUILDER_ASSETS, else on PATH; None if there is none.

    What lies below `not_below` is our own. A pulumi has to have its Python language host
    beside it.
    """
    wanted = WANTED.get(name)
    if wanted is None:
        return None
    for candidate in _candidates(name):
        if candidate.resolve().is_relative_to(not_below) or candidate.is_relative_to(not_below):
            continue
        if name == "pulumi" and not candidate.with_name("pulumi-language-python").exists():
            continue
        version = _version(candidate, wanted.ask)
        if version is not None and wanted.fits(version):
            return candidate
    return None


def _candidates(name: str) -> Iterator[Path]:
    folders = [os.environ.get("KUBEBUILDER_ASSETS", ""), *os.get_exec_path()]
    for folder in filter(None, folders):
        candidate = Path(folder) / name
        if candidate.is_file() and os.access(candidate, os.X_OK):
            yield candidate


def _version(program: Path, ask: tuple[str, ...]) -> Version | None:
    """The version that a program tells, None if it tells none."""
    try:
        said = subprocess.run(
            [str(program), *ask], capture_output=True, text=True, timeout=ASK_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\bv?(\d+)\.(\d+)\.\d+", said.stdout)
    return (int(match[1]), int(match[2])) if match else None
