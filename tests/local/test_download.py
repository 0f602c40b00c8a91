"""Programs from release pages: checked against the published sums, or built instead."""

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
from local.toolchain.download import RELEASES, fetch


def archive(*members: str) -> bytes:
    """An archive in which each file holds its own name."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for member in members:
            entry = tarfile.TarInfo(member)
            entry.size = len(member)
            tar.addfile(entry, io.BytesIO(member.encode()))
    return content.getvalue()


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What the release pages have, by URL; the machine is amd64 Linux."""
    pages: dict[str, bytes] = {}
    monkeypatch.setattr(download, "_get", lambda url: pages[url])
    monkeypatch.setattr(download, "reachable", lambda _host: True)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("platform.system", lambda: "Linux")
    return pages


def publish(pages: dict[str, bytes], name: str, content: bytes) -> None:
    """Puts a program's release on the pages, with its sum among others."""
    places = {"machine": "amd64", "pulumi_machine": "x64"}
    url = RELEASES[name].url.format(**places)
    digest = hashlib.sha256(content).hexdigest()
    pages[url] = content
    sums = f"{'0' * 64}  other.zip\n{digest}  {url.rsplit('/', 1)[-1]}\n"
    pages[RELEASES[name].sums.format(**places)] = sums.encode()


@pytest.mark.parametrize("name", RELEASES)
def test_a_program_is_taken_from_its_release(
    tmp_path: Path, pages: dict[str, bytes], name: str
) -> None:
    members = [m.format(machine="amd64") for m in RELEASES[name].members]
    publish(pages, name, archive("README", *members) if members else name.encode())
    target = tmp_path / "cache" / "kube-1" / name
    assert fetch(name, target, Cache(root=tmp_path / "cache"), Screen())
    assert target.read_bytes().decode().endswith(name)
    assert target.stat().st_mode & 0o111
    for member in members:
        assert target.with_name(Path(member).name).exists()


def test_a_sum_alone_is_enough(tmp_path: Path, pages: dict[str, bytes]) -> None:
    publish(pages, "kubectl", b"program")
    sums = RELEASES["kubectl"].sums.format(machine="amd64")
    pages[sums] = hashlib.sha256(b"program").hexdigest().encode()
    assert fetch("kubectl", tmp_path / "kubectl", Cache(root=tmp_path / "cache"), Screen())


def test_another_content_is_refused(
    tmp_path: Path, pages: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    publish(pages, "kubectl", b"program")
    pages[RELEASES["kubectl"].url.format(machine="amd64")] = b"another"
    target = tmp_path / "kubectl"
    assert not fetch("kubectl", target, Cache(root=tmp_path / "cache"), Screen())
    assert not target.exists()
    assert "does not have the published checksum" in capsys.readouterr().out


def test_a_page_that_is_gone_leads_to_a_build(
    tmp_path: Path, pages: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not fetch("etcd", tmp_path / "etcd", Cache(root=tmp_path / "cache"), Screen())
    assert "it is built instead" in capsys.readouterr().out


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError("reset"), ssl.SSLError("record"), http.client.IncompleteRead(b"half")],
    ids=lambda error: type(error).__name__,
)
def test_a_connection_that_breaks_leads_to_a_build(
    tmp_path: Path,
    pages: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    def broken(_url: str) -> bytes:
        raise error

    monkeypatch.setattr(download, "_get", broken)
    assert not fetch("etcd", tmp_path / "etcd", Cache(root=tmp_path / "cache"), Screen())
    assert "it is built instead" in capsys.readouterr().out


def test_without_a_network_nothing_is_tried(
    tmp_path: Path, pages: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "reachable", lambda _host: False)
    assert not fetch("etcd", tmp_path / "etcd", Cache(root=tmp_path / "cache"), Screen())
    assert not (tmp_path / "cache").exists()
