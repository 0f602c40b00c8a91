"""Builds programs from their pinned Go module into the cache."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from local.failure import LocalError
from local.screen import Screen
from local.toolchain.cache import Cache, publish
from local.toolchain.go_command import GoCommand
from local.toolchain.module import GoModule

NEEDED_BYTES = 9 * 2**30
"""Free space that a build from nothing takes: modules, Go's build cache, programs."""


def cached(module: GoModule, program: str, cache: Cache, go: Path) -> Path:
    """Where the cache holds a program of a module, built or not."""
    return cache.folder(module.name, module.content(go)) / program


def build(
    module: GoModule, programs: Sequence[str], cache: Cache, modules: Path, screen: Screen
) -> None:
    """Builds those of the module's programs that the cache lacks.

    Safe to interrupt at any point and to run twice at once. Raises LocalError.
    """
    with cache.building(module.name) as scratch:
        missing = [p for p in programs if not cached(module, p, cache, modules).exists()]
        if not missing:
            return
        go = GoCommand.find(cache.go_build, missing)
        free = shutil.disk_usage(cache.root).free
        if free < NEEDED_BYTES and not cache.go_build.exists():
            raise LocalError(
                f"building {', '.join(missing)} takes {NEEDED_BYTES >> 30} GiB below {cache.root}, "
                f"which has {free / 2**30:.1f} GiB free: make room or set GROUNDWORK_CACHE."
            )
        with screen.step(f"building {', '.join(missing)}") as step, cache.go_lock():
            folder = modules / module.name
            packages = [module.packages[p] for p in missing]
            step.show("fetching modules")
            all_packages = go.run(["list", "-deps", *packages], folder, step.show)
            compiled = 0

            def count(line: str) -> None:
                nonlocal compiled
                compiled += not line.startswith(("go: ", "#"))
                step.show(line.rsplit("/", 3)[-1], done=compiled, total=len(all_packages))

            flags = ["-v", "-ldflags", module.linker_flags]
            go.run(["build", *flags, "-o", f"{scratch}/", *packages], folder, count)
        for program in missing:
            built = scratch / _file_name(module.packages[program])
            publish(built, cached(module, program, cache, modules))


def _file_name(package: str) -> str:
    """What Go calls the program of a package: its last element that is not a major version."""
    *_, parent, last = package.split("/")
    return parent if re.fullmatch(r"v\d+", last) else last
