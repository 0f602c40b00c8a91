"""Standard output, kept for what the migrator itself reports.

env.py, revisions and backfills are other people's code. What they print, log, write to file
descriptor 1 from C, or start as processes would stand amid a report that a program reads.
"""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

STDOUT, STDERR = 1, 2
# The numbers below are those that programs expect the standard streams at.
LOWEST_OWN = 3


class ReportStream:
    """Standard output as it was before it was kept; a text stream.

    Only what is written here reaches it while `kept_for_reports` holds.
    """

    def __init__(self) -> None:
        self._own: TextIO | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.stdout if self._own is None else self._own, name)

    @contextmanager
    def kept_for_reports(self) -> Iterator[None]:
        """Within the block, what anybody else writes to standard output goes to standard error.

        A process whose standard output this is stays so to its end: what project code has
        begun, such as a thread or a child process, may write after the block.
        """
        if self._own is not None:
            yield
        elif sys.stdout is None:  # closed
            self._own = open(os.devnull, "w")  # noqa: SIM115 for the whole process
            yield
        elif _is_the_process_own(sys.stdout):
            self._own = _moved(sys.stdout)
            yield
        else:  # such as a test's
            with self._python_only():
                yield

    @contextmanager
    def _python_only(self) -> Iterator[None]:
        self._own = sys.stdout
        try:
            with contextlib.redirect_stdout(sys.stderr):
                yield
        finally:
            self._own = None


def _is_the_process_own(stream: TextIO) -> bool:
    if stream is not sys.__stdout__:
        return False
    try:
        return stream.fileno() == STDOUT
    except (OSError, ValueError):
        return False


def _moved(stream: TextIO) -> TextIO:
    """A stream for where file descriptor 1 leads; the descriptor itself leads to stderr then.

    The copy is not inherited by programs that project code starts.
    """
    stream.flush()
    copy = fcntl.fcntl(STDOUT, fcntl.F_DUPFD_CLOEXEC, LOWEST_OWN)
    own = os.fdopen(copy, "w", encoding=stream.encoding, errors="backslashreplace")
    try:
        os.dup2(STDERR, STDOUT)
    except OSError:  # standard error is closed
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDOUT)
        if nowhere != STDERR:
            os.close(nowhere)
    return own


report_stream = ReportStream()
