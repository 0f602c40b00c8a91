"""One command at a time changes a platform."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from local.failure import InterruptedByUserError, LocalError
from local.paths import Paths


@contextmanager
def exclusive(paths: Paths, command: str) -> Iterator[None]:
    """Holds the platform while the body runs; the system lets go of it when the process ends.

    Raises LocalError at once if another command holds it, and names that one, or if the home folder
    holds something else, or cannot be made or written to; and InterruptedByUserError where the body
    is interrupted.
    """
    holder = paths.home / "lock-holder"
    lock = FileLock(paths.lock, timeout=0)
    try:
        _require_own(paths)
        paths.home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        who = holder.read_text() if holder.exists() else "another command"
        raise LocalError(
            f"{who} is at work on {paths.home}: wait until it has ended, then try again."
        ) from None
    except OSError as error:
        raise LocalError(
            f"{paths.home} cannot be used as the platform's folder ({error.strerror}): "
            "set GROUNDWORK_HOME to one that can be written to."
        ) from error
    try:
        holder.write_text(f"`{command}` (pid {os.getpid()})")
        yield
    except KeyboardInterrupt:
        raise InterruptedByUserError("interrupted; the same command again continues") from None
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _require_own(paths: Paths) -> None:
    """`clean` empties the home folder, which therefore must have been empty at first."""
    if paths.home.is_dir() and not paths.lock.exists() and any(paths.home.iterdir()):
        raise LocalError(
            f"{paths.home} holds something else than a platform: let GROUNDWORK_HOME name a folder "
            "that is new or empty."
        )
