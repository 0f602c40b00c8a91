"""The SHA-256 sums of released files, pinned in the repository: the sums that lie beside a file
at its source are whoever's who could replace the file."""

import http.client
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from local import files
from local.failure import LocalError
from local.toolchain.releases import MACHINES, Release, read

FILE = Path(__file__).with_name("pins.toml")
HEADER = """\
# The SHA-256 sum of each released file that may be fetched. What is missing here is built instead.
# `python -m local pin` writes this anew after a version has changed; see CONTRIBUTING.md.
"""
SUM = re.compile(r"[0-9a-f]{64}")


def pinned(file: Path = FILE) -> dict[str, str]:
    """The pinned sums by URL."""
    return tomllib.loads(file.read_text())


def pin(releases: Iterable[Release], file: Path = FILE) -> int:
    """Pins each machine's file of each release by the release's own list; gives their number.

    Pins of other files go. Raises LocalError, and writes nothing, if a list cannot be read or lacks
    a file, or if a file's published sum is no longer the pinned one.
    """
    before = pinned(file)
    found: dict[str, str] = {}
    for release in (release.on(machine) for release in releases for machine in MACHINES):
        try:
            published = read(release.sums).decode()
        except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
            raise LocalError(f"{release.sums} could not be read: {error}") from error
        found[release.url] = _sum(published, release)
        if before.get(release.url, found[release.url]) != found[release.url]:
            raise LocalError(
                f"{release.url} is pinned as {before[release.url]}, but its source now says "
                f"{found[release.url]}: it was replaced. If that is known to be right, remove its "
                f"line from {file} and run this again."
            )
    lines = [f'"{url}" = "{found[url]}"\n' for url in sorted(found)]
    files.write(file, HEADER + "".join(lines))
    return len(found)


def _sum(published: str, release: Release) -> str:
    """The sum of a release's file in a list of sums, or the one that stands alone."""
    lines = [line.split() for line in published.splitlines() if line.strip()]
    name = release.url.rsplit("/", 1)[-1]
    found = [
        line[0]
        for line in lines
        if (len(lines) == 1 and len(line) == 1) or (len(line) == 2 and line[1].lstrip("*") == name)
    ]
    if len(found) != 1 or not SUM.fullmatch(found[0]):
        raise LocalError(f"{release.sums} gives no SHA-256 sum of {name}")
    return found[0]
