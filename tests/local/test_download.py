"""Programs from release pages: checked against the pinned sums, or built instead."""

import hashlib
import http.client
import io
import ssl
import tarfile
from pathlib import Path

import pytest

from local.screen import Screen
from local.toolchain import download
from local.toolchain.cache import Cache
from local.toolchain.download import fetch
from local.toolchain.releases import RELEASES


def archive(*members: str) -> bytes:
    """An archive in which each file holds its own name."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for member in members:
            entry = tarfile.TarInfo(member)
            entry.size = len(member)
            tar.addfile(entry, io.BytesIO(member.encode()))
    return content.getvalue()


class Pages:
    """What the release pages have, and what is pinned, by URL; the machine is amd64 Linux."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.pins: dict[str, str] = {}

    def publish(self, name: str, content: bytes) -> str:
        """Publishes a program's release and pins its sum; gives its URL."""
        url = RELEASES[name].on("amd64").url
        self.files[url] = content
        self.pins[url] = hashlib.sha256(content).hexdigest()
        return url

    def read(self, url: str) -> bytes:
        return self.files[url]


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    pages = Pages()
    monkeypatch.setattr(download, "read", pages.read)
    monkeypatch.setattr(download, "pinned", lambda: pages.pins)
    monkeypatch.setattr(download, "reachable", lambda _host: True)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.system", lambda: "Linux")
    return pages


@pytest.mark.parametrize("name", RELEASES)
def test_a_program_is_taken_from_its_release(tmp_path: Path, pages: Pages, name: str) -> None:
    members = RELEASES[name].on("amd64").members
    pages.publish(name, archive("README", *members) if members else name.encode())
    target = tmp_path / "cache" / "kube-1" / name
    assert fetch(name, target, Cache(root=tmp_path / "cache"), Screen())
    assert target.read_bytes().decode().endswith(name)
    assert target.stat().st_mode & 0o111
    for member in members:
        assert target.with_name(Path(member).name).exists()


def test_another_content_is_refused(
    tmp_path: Path, pages: Pages, capsys: pytest.CaptureFixture[str]
) -> None:
    url = pages.publish("kubectl", b"program")
    pages.files[url] = b"another"
    target = tmp_path / "kubectl"
    assert not fetch("kubectl", target, Cache(root=tmp_path / "cache"), Screen())
    assert not target.exists()
    said = capsys.readouterr().out
    assert f"and not {pages.pins[url]}" in said
    assert "it is built instead" in said


def test_a_file_without_a_pinned_sum_is_not_read(
    tmp_path: Path, pages: Pages, capsys: pytest.CaptureFixture[str]
) -> None:
    url = pages.publish("kubectl", b"program")
    pages.pins.clear()
    pages.files.clear()  # reading it would raise KeyError
    target = tmp_path / "kubectl"
    assert not fetch("kubectl", target, Cache(root=tmp_path / "cache"), Screen())
    said = capsys.readouterr().out
    assert said == f"kubectl is built instead of fetched: no sum of {url} is pinned.\n"


def test_a_page_that_is_gone_leads_to_a_build(
    tmp_path: Path, pages: Pages, capsys: pytest.CaptureFixture[str]
) -> None:
    pages.publish("etcd", b"")
    pages.files.clear()
    assert not fetch("etcd", tmp_path / "etcd", Cache(root=tmp_path / "cache"), Screen())
    assert "it is built instead" in capsys.readouterr().out


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError("reset"), ssl.SSLError("record"), http.client.IncompleteRead(b"half")],
    ids=lambda error: type(error).__name__,
)
def test_a_connection_that_breaks_leads_to_a_build(
    tmp_path: Path,
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def broken(_url: str) -> bytes:
        raise error

    pages.publish("etcd", b"")
    monkeypatch.setattr(download, "read", broken)
    assert not fetch("etcd", tmp_path / "etcd", Cache(root=tmp_path / "cache"), Screen())
    assert "it is built instead" in capsys.readouterr().out


def test_without_a_network_nothing_is_tried(
    tmp_path: Path,
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pages.publish("etcd", b"")
    monkeypatch.setattr(download, "reachable", lambda _host: False)
    assert not fetch("etcd", tmp_path / "etcd", Cache(root=tmp_path / "cache"), Screen())
    assert not (tmp_path / "cache").exists()
    assert capsys.readouterr().out == ""
