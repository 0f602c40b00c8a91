"""A virtual environment with the wheel and the packages that it asks for, without a network."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

UV = Path(sysconfig.get_path("scripts")) / "uv"


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A virtual environment and a folder in which its programs run, which is not the clone."""

    folder: Path
    work: Path

    def run(
        self, *command: str | Path, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs one of the environment's programs, such as `python` or `migrator`."""
        program, *arguments = command
        return subprocess.run(
            [self.folder / "bin" / program, *arguments],
            cwd=self.work,
            env={"PATH": "/usr/bin:/bin", "COLUMNS": "200", **(environment or {})},
            capture_output=True,
            text=True,
        )


def build_wheel(clone: Path, folder: Path) -> Path:
    """Builds the wheel into the folder, with uv's own build backend."""
    _uv("build", "--wheel", "--offline", "--quiet", "--out-dir", folder, clone)
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path, *, extras: Iterable[str] = ()) -> Environment:
    """An environment in the folder; the packages that the wheel needs are links to our own."""
    environment, work = folder / "environment", folder / "work"
    work.mkdir(parents=True)
    _uv("venv", "--offline", "--quiet", "--python", sys.executable, environment)
    _uv("pip", "install", "--offline", "--quiet", "--no-deps", "--python", environment, wheel)
    (packages,) = environment.glob("lib/*/site-packages")
    (ours,) = Distribution.discover(name="groundwork-platform", path=[str(packages)])
    for needed in _closure(ours, extras):
        for name in {file.parts[0] for file in needed.files or ()} - {"..", "__pycache__"}:
            link = packages / name
            if not link.exists():
                link.symlink_to(Path(str(needed.locate_file(name))).resolve())
    return Environment(folder=environment, work=work)


def _uv(*arguments: str | Path) -> None:
    subprocess.run([UV, *arguments], check=True)


def _closure(root: Distribution, extras: Iterable[str]) -> list[Distribution]:
    """All that it needs with these extras, directly or not."""
    known = {root.name: root}
    seen: set[tuple[str, str]] = set()
    todo = [(root.name, extra) for extra in ("", *extras)]
    while todo:
        name, extra = todo.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found = known.get(name) or known.setdefault(name, distribution(name))
        for text in found.requires or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                todo += [(need.name, wanted) for wanted in ("", *need.extras)]
    return [one for name, one in known.items() if one is not root]
