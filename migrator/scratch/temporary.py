"""A server for the length of one command, and what is left of commands that were killed."""

import contextlib
import fcntl
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO

from migrator.process_end import TerminatedError
from migrator.scratch.binaries import PostgresBinaries
from migrator.scratch.server import PostgresServer

PREFIX = "groundwork-scratch-"
# Held for as long as the command lives: the kernel lets go of it, however that ends.
LOCK = "lock"
DATA = "data"


@contextmanager
def temporary_server(
    settings: Mapping[str, str] | None = None, binaries: PostgresBinaries | None = None
) -> Iterator[PostgresServer]:
    """A server in a folder of its own, both gone afterwards.

    Those that killed processes left go first. Raises ServerError if it does not start.
    """
    _remove_leftovers()
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # PostgreSQL runs as another user where this process is root.
            folder.chmod(0o755)
            server = PostgresServer(folder / DATA, settings=settings, binaries=binaries)
            try:
                yield server.start()
            finally:
                server.destroy()


@contextmanager
def ending_on_sigterm() -> Iterator[None]:
    """Within the block, SIGTERM unwinds the main thread as Ctrl-C does; exit code 143."""

    def end(number: int, frame: FrameType | None) -> None:
        raise TerminatedError(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _remove_leftovers() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Without a lock it is being made right now; other errors mean that it is another user's.
        with contextlib.suppress(OSError), (folder / LOCK).open("r+") as lock:
            if _is_free(lock):
                PostgresServer(folder / DATA).destroy()
                shutil.rmtree(folder)


def _is_free(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
