"""The Go command of the machine: what it says while it works, and why it failed."""

import json
import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from local.failure import LocalError

OLDEST = (1, 21)
"""From this version on, Go fetches the newer toolchain that a module asks for."""


class GoCommand:
    """Runs Go with the modules as they are pinned."""

    def __init__(self, executable: str, build_cache: Path):
        self._executable = executable
        self._environment = {
            # A build cache that the user has chosen is theirs, and stays.
            "GOCACHE": str(build_cache),
            **os.environ,
            "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false",
            "GOWORK": "off",
        }

    @classmethod
    def find(cls, build_cache: Path, needed_for: Sequence[str]) -> "GoCommand":
        """The `go` on PATH. Raises LocalError if there is none, or one that is too old."""
        wanted = ", ".join(needed_for)
        executable = shutil.which("go")
        advice = "install Go 1.21 or newer (https://go.dev/doc/install), then run this again"
        if executable is None:
            raise LocalError(f"Go is missing, and is needed to build {wanted}: {advice}.")
        said = subprocess.run([executable, "version"], capture_output=True, text=True, check=False)
        match = re.search(r"go(\d+)\.(\d+)", said.stdout)
        if match is None:
            raise LocalError(f"{executable} does not say its version: {said.stderr.strip()}")
        if (int(match[1]), int(match[2])) < OLDEST:
            raise LocalError(f"Go {match[0]} is too old to build {wanted}: {advice}.")
        return cls(executable, build_cache)

    def run(
        self, arguments: Sequence[str], directory: Path, on_line: Callable[[str], None]
    ) -> list[str]:
        """Runs `go ARGUMENTS`; hands each line of progress to `on_line`, gives those of its result.

        Raises LocalError with the end of what Go said, if it fails.
        """
        said: deque[str] = deque(maxlen=30)
        result: list[str] = []
        with subprocess.Popen(
            [self._executable, *arguments],
            cwd=directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None  # noqa: S101 (it was started with a pipe)
            try:
                for line in map(str.rstrip, process.stdout):
                    said.append(line)
                    on_line(line)
                    if not line.startswith("go: "):
                        result.append(line)
            except BaseException:
                process.terminate()
                raise
            code = process.wait()
        if code:
            command = " ".join(["go", *arguments])
            raise LocalError(f"`{command}` failed in {directory}:\n" + "\n".join(said))
        return result

    def module_folder(self, module: str, version: str, directory: Path) -> tuple[Path, str]:
        """Fetches a module; gives its read-only folder and its checksum ("h1:…")."""
        lines = self.run(["mod", "download", "-json", f"{module}@{version}"], directory, ignore)
        found = json.loads("\n".join(lines))
        return Path(found["Dir"]), found["Sum"]


def ignore(_line: str) -> None:
    """For commands whose progress is not shown."""
