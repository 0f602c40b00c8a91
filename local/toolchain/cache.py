"""The folder of finished programs, shared by every checkout of this user."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout


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
        """Removes everything; gives the bytes that were freed."""
        if not self.root.exists():
            return 0
        freed = sum(f.lstat().st_size for f in self.root.rglob("*") if not f.is_dir())
        shutil.rmtree(self.root)
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
