"""Where tests run: a file at a time on each core, their folders in memory if it is there."""

import gc
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Each shares one thing that is dear to start: a deployed platform, an endpoint, an installed wheel.
KEPT_TOGETHER = ("tests/local/stack", "tests/plugins", "tests/wheel")

MOST_WORKERS = 4
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 4 * 2**30
IN_MEMORY = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Hears SIGINT, and puts temporary folders into memory.

    On a disk, a test's database takes most of the test's time.
    """
    if hasattr(config, "workerinput"):
        return
    # A job in the background ignores it, and so would all that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.option.basetemp or not _memory_will_do():
        return
    folder = Path(tempfile.mkdtemp(prefix="groundwork-tests-", dir=MEMORY))
    folder.chmod(0o711)  # PostgreSQL runs as somebody else
    config.stash[IN_MEMORY] = folder
    config.option.basetemp = str(folder / "pytest")
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leaves nothing there."""
    if folder := config.stash.get(IN_MEMORY, None):
        shutil.rmtree(folder, ignore_errors=True)


def _memory_will_do() -> bool:
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return False
    free = found.f_bavail * found.f_frsize
    return free >= MEMORY_NEEDED and not found.f_flag & os.ST_NOEXEC and os.access(MEMORY, os.W_OK)


class ByServer(LoadScopeScheduling):
    """Keeps on one core the tests that share a server."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((each for each in KEPT_TOGETHER if file.startswith(each)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByServer:
    """In place of the scheduler that `--dist` names."""
    return ByServer(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, for many tests wait as much as they work."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


def pytest_collection_finish() -> None:
    """What the modules under test are made of is there to stay; looking through it takes time."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that no core is idle at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(KEPT_TOGETHER[0]))
