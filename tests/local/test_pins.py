"""The pinned sums: those of today's releases, written from what the releases publish."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.failure import LocalError
from local.toolchain import pins
from local.toolchain.releases import MACHINES, RELEASES, Release

ONE, TWO, THREE = "1" * 64, "2" * 64, "f" * 64


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name)
        """Says nothing."""


@pytest.fixture
def source(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A release page: its URL, and the folder of what it has."""
    folder = tmp_path / "source"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def releases(source: tuple[str, Path]) -> list[Release]:
    """One program in an archive with a list of sums, one alone beside its own sum."""
    url, folder = source
    (folder / "sums.txt").write_text(
        f"{'0' * 64}  tool-darwin-arm64.zip\n{ONE}  tool-amd64.zip\n{TWO} *tool-arm64.zip\n"
    )
    for machine in MACHINES:
        (folder / machine).mkdir()
        (folder / machine / "alone.sha256").write_text(THREE)
    return [
        Release(url=f"{url}/tool-{{machine}}.zip", sums=f"{url}/sums.txt"),
        Release(url=f"{url}/{{machine}}/alone", sums=f"{url}/{{machine}}/alone.sha256"),
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "pins.toml"
    file.write_text(f'"https://example.com/of-a-version-before" = "{ONE}"\n')
    return file


def test_each_machines_file_of_each_release_is_pinned(
    source: tuple[str, Path], releases: list[Release], file: Path
) -> None:
    url, _ = source
    assert pins.pin(releases, file) == 4
    wanted = {
        f"{url}/tool-amd64.zip": ONE,
        f"{url}/tool-arm64.zip": TWO,
        f"{url}/amd64/alone": THREE,
        f"{url}/arm64/alone": THREE,
    }
    assert pins.pinned(file) == wanted
    assert pins.pin(releases, file) == 4
    assert pins.pinned(file) == wanted


@pytest.mark.parametrize(
    ("sums", "said"),
    [
        (None, "sums.txt could not be read: HTTP Error 404"),
        ("", "sums.txt gives no SHA-256 sum of tool-amd64.zip"),
        ("<!doctype html>", "sums.txt gives no SHA-256 sum of tool-amd64.zip"),
        (f"{ONE}  tool-arm64.zip\n", "sums.txt gives no SHA-256 sum of tool-amd64.zip"),
        (f"{'1' * 128}  tool-amd64.zip\n", "sums.txt gives no SHA-256 sum of tool-amd64.zip"),
    ],
)
def test_a_list_without_the_sum_changes_nothing(
    source: tuple[str, Path], releases: list[Release], file: Path, sums: str | None, said: str
) -> None:
    (source[1] / "sums.txt").unlink()
    if sums is not None:
        (source[1] / "sums.txt").write_text(sums)
    before = file.read_text()
    with pytest.raises(LocalError, match=said):
        pins.pin(releases, file)
    assert file.read_text() == before


def test_a_file_that_was_replaced_keeps_its_pin(
    source: tuple[str, Path], releases: list[Release], file: Path
) -> None:
    pins.pin(releases, file)
    before = file.read_text()
    (source[1] / "sums.txt").write_text(f"{ONE}  tool-amd64.zip\n{THREE}  tool-arm64.zip\n")
    with pytest.raises(LocalError, match=f"pinned as {TWO}, but its source now says {THREE}"):
        pins.pin(releases, file)
    assert file.read_text() == before


def test_what_is_pinned_is_of_todays_releases() -> None:
    published = {release.on(machine).url for release in RELEASES.values() for machine in MACHINES}
    found = pins.pinned()
    assert found.keys() <= published
    assert all(pins.SUM.fullmatch(value) for value in found.values())
    assert pins.FILE.read_text().startswith(pins.HEADER)
