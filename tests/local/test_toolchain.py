"""Programs from the machine, the cache, or a build; and what is said when none is to be had."""

import re
import shutil
import subprocess
import tarfile
import threading
from pathlib import Path

import pytest
import yaml

from local.failure import LocalError
from local.paths import REPOSITORY, Paths
from local.screen import Screen
from local.toolchain import charts, machine
from local.toolchain.build import build, cached
from local.toolchain.cache import Cache, publish
from local.toolchain.go_command import GoCommand
from local.toolchain.module import CLI, KUBE, GoModule
from local.toolchain.toolchain import prepare

HELLO = GoModule(
    name="hello", packages={"hello": "./cmd/hello"}, variables={"main.version": "1.2.3"}
)
SOURCE = 'package main\n\nvar version = "none"\n\nfunc main() { println(version) }\n'


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A folder of Go modules with one that needs nothing from outside."""
    main = tmp_path / "go" / "hello" / "cmd" / "hello" / "main.go"
    main.parent.mkdir(parents=True)
    main.write_text(SOURCE)
    (tmp_path / "go" / "hello" / "go.mod").write_text("module hello\n\ngo 1.21\n")
    (tmp_path / "go" / "hello" / "go.sum").write_text("")
    return tmp_path / "go"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Go's build cache with Go's own library in it, which takes long to compile."""
    root = tmp_path_factory.mktemp("compiled")
    (root / "main.go").write_text(SOURCE)
    go = GoCommand.find(root / "go-build", ["hello"])
    go.run(["build", "-o", str(root / "hello"), "main.go"], root, lambda line: None)
    return root / "go-build"


@pytest.fixture
def cache(tmp_path: Path, compiled: Path) -> Cache:
    """A cache without programs."""
    cache = Cache(root=tmp_path / "cache")
    shutil.copytree(compiled, cache.go_build)
    return cache


def say(program: Path, text: str) -> Path:
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\necho '{text}'\n")
    program.chmod(0o755)
    return program


def test_a_program_is_built_once_with_its_version(cache: Cache, modules: Path) -> None:
    build(HELLO, ["hello"], cache, modules, Screen())
    program = cached(HELLO, "hello", cache, modules)
    said = subprocess.run([str(program)], capture_output=True, text=True, check=True)
    assert said.stderr == "1.2.3\n"
    built = program.stat().st_mtime_ns
    build(HELLO, ["hello"], cache, modules, Screen())
    assert program.stat().st_mtime_ns == built
    assert not list(cache.root.glob(".hello-*"))


def test_only_what_is_the_caches_own_is_cleared(cache: Cache, modules: Path) -> None:
    build(HELLO, ["hello"], cache, modules, Screen())
    notes = cache.root / "notes.txt"
    notes.write_text("precious")
    assert cache.clear() > 0
    assert list(cache.root.iterdir()) == [notes]
    notes.unlink()
    assert cache.clear() == 0
    assert not cache.root.exists()


def test_another_source_is_another_program(tmp_path: Path, modules: Path) -> None:
    cache = Cache(root=tmp_path / "cache")
    before = cached(HELLO, "hello", cache, modules)
    (modules / "hello" / "go.sum").write_text("changed")
    assert cached(HELLO, "hello", cache, modules) != before


def test_two_builders_do_not_clash(cache: Cache, modules: Path) -> None:
    failures = []

    def one() -> None:
        try:
            build(HELLO, ["hello"], cache, modules, Screen())
        except LocalError as error:
            failures.append(error)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert cached(HELLO, "hello", cache, modules).exists()


def test_a_failed_build_says_what_go_said(cache: Cache, modules: Path) -> None:
    (modules / "hello" / "cmd" / "hello" / "main.go").write_text(
        "package main\n\nfunc main() { x }"
    )
    with pytest.raises(LocalError, match="undefined: x"):
        build(HELLO, ["hello"], cache, modules, Screen())


def test_without_go_one_line_says_what_to_install(
    tmp_path: Path, modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(LocalError) as caught:
        build(HELLO, ["hello"], Cache(root=tmp_path / "cache"), modules, Screen())
    assert re.fullmatch(
        r"Go is missing, and is needed to build hello: install Go .*", str(caught.value)
    )


def test_a_go_that_is_too_old_is_named(
    tmp_path: Path, modules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = say(tmp_path / "bin" / "go", "go version go1.19.8 linux/amd64")
    monkeypatch.setenv("PATH", str(go.parent))
    with pytest.raises(LocalError, match=r"Go go1\.19 is too old"):
        build(HELLO, ["hello"], Cache(root=tmp_path / "cache"), modules, Screen())


def test_what_an_interrupted_build_left_is_removed(tmp_path: Path) -> None:
    cache = Cache(root=tmp_path / "cache")
    left = cache.root / ".hello-abc"
    left.mkdir(parents=True)
    with cache.building("hello") as scratch:
        assert not left.exists()
        (scratch / "program").write_text("whole")
        publish(scratch / "program", cache.root / "hello-1" / "program")
    assert not scratch.exists()
    assert (cache.root / "hello-1" / "program").read_text() == "whole"


def test_gos_own_cache_is_dropped_but_not_under_a_build(tmp_path: Path) -> None:
    cache = Cache(root=tmp_path / "cache")
    cache.go_build.mkdir(parents=True)
    with cache.go_lock():
        cache.drop_go_build()
        assert cache.go_build.exists()
    cache.drop_go_build()
    assert not cache.go_build.exists()


@pytest.mark.parametrize(
    ("name", "said", "fits"),
    [
        ("kube-apiserver", "Kubernetes v1.34.9", True),
        ("kube-apiserver", "Kubernetes v1.33.1", False),
        ("etcd", "etcd Version: 3.5.21", True),
        ("etcd", "etcd Version: 3.4.34", False),
        ("kubectl", "Client Version: v1.35.0", True),
        ("kubectl", "Client Version: v1.32.4-dispatcher", False),
        ("kubectl", "no version at all", False),
    ],
)
def test_a_program_of_the_machine_has_to_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str, fits: bool
) -> None:
    program = say(tmp_path / "assets" / name, said)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(program.parent))
    monkeypatch.setenv("PATH", "/nowhere")
    assert machine.find(name, not_below=tmp_path / ".local") == (program if fits else None)


def test_a_pulumi_has_to_bring_its_language_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi = say(tmp_path / "bin" / "pulumi", "v3.299.0")
    monkeypatch.setenv("PATH", f"{pulumi.parent}:/bin")
    assert machine.find("pulumi", not_below=tmp_path / ".local") is None
    say(tmp_path / "bin" / "pulumi-language-python", "")
    assert machine.find("pulumi", not_below=tmp_path / ".local") == pulumi
    assert machine.find("pulumi", not_below=tmp_path) is None


def test_the_charts_hold_the_definitions(tmp_path: Path) -> None:
    folder = prepare(Paths.from_environment(), Screen()).charts
    index = yaml.safe_load((folder / "index.yaml").read_text())
    versions = charts.versions(REPOSITORY / "local" / "toolchain" / "go")
    wanted = {"external-secrets": "ExternalSecret", "argo-cd": "Application"}
    assert set(index["entries"]) == set(wanted)
    for name, kind in wanted.items():
        (entry,) = index["entries"][name]
        assert entry["version"] == versions[name]
        with tarfile.open(folder / entry["urls"][0]) as archive:
            definitions = [
                yaml.load(file, Loader=yaml.CSafeLoader)
                for member in archive.getnames()
                if "/crds/" in member and (file := archive.extractfile(member))
            ]
        kinds = {d["spec"]["names"]["kind"]: d for d in definitions}
        served = {v["name"]: v["served"] for v in kinds[kind]["spec"]["versions"]}
        assert served.get("v1beta1", False) is False
        assert any(served.values())


@pytest.mark.parametrize("module", [CLI, KUBE], ids=lambda module: module.name)
def test_the_modules_are_pinned_completely(module: GoModule) -> None:
    """Nothing has to be resolved: every package is found with the checksums in the repository."""
    go = shutil.which("go")
    assert go is not None
    result = subprocess.run(
        [go, "list", "-mod=readonly", "-deps", *module.packages.values()],
        cwd=REPOSITORY / "local" / "toolchain" / "go" / module.name,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
