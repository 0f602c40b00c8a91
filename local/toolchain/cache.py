"""The folder of finished programs, shared by every checkout of this user."""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

# Finished programs, locks, Go's build cache, and what builds that were killed have left.
OWN = re.compile(r"[a-z0-9-]+-[0-9a-f]{16}|[a-z0-9-]+\.lock|go-build|\.[a-z0-9-]+-\w{8}")


@dataclass(frozen=True, kw_only=True)
class Cache:
    """Finished programs below `root`; a file that is there is whole."""

    root: Path

    def folder(self, name: str, content: bytes) -> Path:
        """The folder for `name`, of which `content` is all that its programs depend on."""
        return self.root / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}"

    @property
    def go_build(self) -> Path:
        """Go's own build cache: gigabytes, needed only until the programs are finished."""
        return self.root / "go-build"

    def go_lock(self) -> FileLock:
        """Held while Go builds: one build at a time fills the machine, and needs its cache."""
        return FileLock(self.root / "go-build.lock")

    def drop_go_build(self) -> None:
        """Removes Go's build cache, unless a build is under way."""
        if self.go_build.exists():
            with contextlib.suppress(Timeout), self.go_lock().acquire(timeout=0):
                shutil.rmtree(self.go_build, ignore_errors=True)

    @contextmanager
    def building(self, name: str) -> Iterator[Path]:
        """A scratch folder to build `name` in, while no other process builds it.

        What an interrupted build left is removed first.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / f"{name}.lock"):
            for left in self.root.glob(f".{name}-*"):
                _end_builds(left)
                shutil.rmtree(left, ignore_errors=True)
            scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=self.root))
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

    def clear(self) -> int:
        """Removes all that is the cache's own; gives the bytes that were freed."""
        own = [entry for entry in self.root.glob("*") if OWN.fullmatch(entry.name)]
        freed = 0
        for entry in own:
            files = [entry] if entry.is_file() else entry.rglob("*")
            freed += sum(file.lstat().st_size for file in files if not file.is_dir())
            entry.unlink() if entry.is_file() else shutil.rmtree(entry)
        with contextlib.suppress(OSError):  # it holds something else, or was never there
            self.root.rmdir()
        return freed


def _end_builds(scratch: Path) -> None:
    """Ends a build whose command was killed and that still writes to its scratch folder."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):  # it has ended, or is another user's
            if any(str(scratch) in argument for argument in process.cmdline()):
                process.kill()


def publish(source: Path, target: Path) -> None:
    """Moves a finished file or folder into the cache in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)
