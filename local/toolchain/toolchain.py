"""All programs that the platform needs, each from the nearest place that has it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from local.paths import Paths
from local.screen import Screen
from local.toolchain import charts, download, machine
from local.toolchain.build import build, cached
from local.toolchain.cache import Cache, publish
from local.toolchain.go_command import GoCommand
from local.toolchain.module import ACTIONLINT, CLI, KUBE, PULUMI_VERSION, GoModule

SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
SDK_SCRIPTS = ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python")


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """Where the programs are.

    language_scripts: the CLI's Python scripts, if the CLI is one that we built and so lacks a
        language host; None if it brings one.
    charts: the folder of the operators' chart repository.
    """

    pulumi: Path
    language_scripts: Path | None
    kubernetes_plugin: Path
    etcd: Path
    apiserver: Path
    controller_manager: Path
    kubectl: Path
    charts: Path


def prepare(paths: Paths, screen: Screen) -> Toolchain:
    """Finds, fetches or builds every program. Raises LocalError."""
    cache = Cache(root=paths.cache)
    found = _programs(CLI, paths, cache, screen) | _programs(KUBE, paths, cache, screen)
    # A CLI that was found or fetched has its language host beside it.
    built_cli = not found["pulumi"].with_name("pulumi-language-python").exists()
    toolchain = Toolchain(
        pulumi=found["pulumi"],
        language_scripts=_language_scripts(paths, cache) if built_cli else None,
        kubernetes_plugin=found["pulumi-resource-kubernetes"],
        etcd=found["etcd"],
        apiserver=found["kube-apiserver"],
        controller_manager=found["kube-controller-manager"],
        kubectl=found["kubectl"],
        charts=charts.pack(cache, paths.go, screen),
    )
    # Complete: nothing will ask Go's own cache again, and it is the largest part by far.
    cache.drop_go_build()
    return toolchain


def actionlint(paths: Paths, screen: Screen) -> Path:
    """The linter of workflow files."""
    cache = Cache(root=paths.cache)
    return _programs(ACTIONLINT, paths, cache, screen)["actionlint"]


def _programs(module: GoModule, paths: Paths, cache: Cache, screen: Screen) -> dict[str, Path]:
    """Each program of a module: on the machine, else in the cache after fetching or building."""
    targets = {name: cached(module, name, cache, paths.go) for name in module.packages}
    missing = []
    for name, target in targets.items():
        if target.exists():
            continue
        there = machine.find(name, not_below=paths.home)
        if there is not None:
            targets[name] = there
        elif not download.fetch(name, target, cache, screen):
            missing.append(name)
    if missing:
        build(module, missing, cache, paths.go, screen)
    return targets


def _language_scripts(paths: Paths, cache: Cache) -> Path:
    """The Python scripts of the CLI's own version, which its SDK module holds."""
    folder = paths.go / CLI.name
    target = cached(CLI, "python", cache, paths.go)
    if target.exists():
        return target
    with cache.building("python") as scratch:
        go = GoCommand.find(cache.go_build, ["pulumi"])
        source, _ = go.module_folder(SDK_MODULE, f"v{PULUMI_VERSION}", folder)
        (scratch / "python").mkdir()
        for script in SDK_SCRIPTS:
            copy = scratch / "python" / Path(script).name
            shutil.copyfile(source / "python" / script, copy)
            copy.chmod(0o755)
        if not target.exists():
            publish(scratch / "python", target)
    return target
