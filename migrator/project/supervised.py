"""Work on project code in a process of its own, which is ended where it breaks its limits."""

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from migrator.errors import MigratorError, UsageError
from migrator.project.limits import WATCHED, Limits
from migrator.project.processes import die_with_parent, no_descendant_left

Result = TypeVar("Result")

LOOK_EVERY_SECONDS = 0.1
MEGABYTE = 2**20
# What only waits may do so this many times as long as what works.
PATIENCE = 3


def supervised(work: Callable[[], Result], limits: Limits) -> Result:
    """What `work` returns, computed in a forked process where that is safe.

    What breaks its limit inside a `limited` block ends that process; the work is then done once
    more without it. Raises what `work` raises, as far as it can travel between processes.

    Where forking is not safe (outside Linux, or beside other threads) the work is done here, and
    has no limits.
    """
    if not can_supervise():
        return work()
    ended: dict[str, str] = {}
    while True:
        broken = _attempt(work, limits, ended)
        if not isinstance(broken, _Broken):
            return broken
        ended[broken.what] = broken.reason


def can_supervise() -> bool:
    """Whether a process of its own is safe here."""
    return sys.platform == "linux" and threading.active_count() == 1


class _Broken:
    def __init__(self, what: str, reason: str) -> None:
        self.what = what
        self.reason = reason


def _attempt(work: Callable[[], Any], limits: Limits, ended: dict[str, str]) -> Any:
    with no_descendant_left():
        return _in_child(work, limits, ended)


def _in_child(work: Callable[[], Any], limits: Limits, ended: dict[str, str]) -> Any:
    context = multiprocessing.get_context("fork")
    incoming, outgoing = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, dict(ended), outgoing))
    process.start()
    pid = process.pid
    assert pid is not None  # noqa: S101 - it has started
    outgoing.close()  # so that the pipe ends with the child
    try:
        return _watch(incoming, process, limits)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        process.kill()
        process.join()


def _watch(incoming: Any, process: Any, limits: Limits) -> Any:
    at: dict[int, _Work] = {}
    while True:
        while incoming.poll(LOOK_EVERY_SECONDS):
            try:
                kind, *told = incoming.recv()
            except EOFError:
                process.join()
                return _lost(at, process.exitcode)
            if kind == "done":
                return told[0]
            if kind == "failed":
                raise told[0]
            pid, what = told
            at.pop(pid, None)
            if what is not None:
                at[pid] = _Work(what, pid)
        if broken := _broken(at, limits):
            return broken


class _Work:
    """What a process does, from now on."""

    def __init__(self, what: str, pid: int) -> None:
        self.what = what
        self.pid = pid
        self._began = time.monotonic()
        self._processor = _processor_time(pid)

    def lasts_longer_than(self, seconds: float) -> bool:
        waited = time.monotonic() - self._began
        return waited > seconds * PATIENCE or _processor_time(self.pid) - self._processor > seconds


def _broken(at: dict[int, _Work], limits: Limits) -> _Broken | None:
    for pid, work in at.items():
        if work.lasts_longer_than(limits.seconds):
            return _Broken(work.what, f"did not end within {limits.seconds:g} s")
        if _memory(pid) > limits.megabytes * MEGABYTE:
            return _Broken(work.what, f"took more than {limits.megabytes} MB of memory")
    return None


def _processor_time(pid: int) -> float:
    """What a process has used so far, in seconds; 0 if it has ended."""
    try:
        # The name in parentheses may have spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    """The resident memory of a process, in bytes; 0 if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _lost(at: dict[int, _Work], exit_code: int | None) -> _Broken:
    reason = f"ended the process that it ran in (exit code {exit_code})"
    for work in at.values():
        return _Broken(work.what, reason)
    raise UsageError(f"the project's code {reason}")


def _run(work: Callable[[], Any], ended: dict[str, str], outgoing: Connection) -> None:
    os.setpgid(0, 0)  # so that what project code starts can be ended with it
    die_with_parent()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # a question that nobody sees would wait for ever
    gc.freeze()  # what is shared with the parent stays shared
    WATCHED.ended = ended
    WATCHED.tell = lambda what: outgoing.send(("at", os.getpid(), what))
    try:
        outgoing.send(("done", work()))
    except BaseException as error:  # noqa: BLE001 - the parent raises it
        outgoing.send(("failed", _portable(error)))


def _portable(error: BaseException) -> BaseException:
    """The same error, or one that says the same, where it cannot be pickled."""
    if not isinstance(error, MigratorError):  # a defect, whose place should be found
        error.add_note("".join(traceback.format_exception(error)))
    with contextlib.suppress(Exception):
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
        if str(copy) == str(error):
            return error
    if isinstance(error, MigratorError):
        kind = UsageError if error.exit_code == UsageError.exit_code else MigratorError
        return kind(str(error))
    return RuntimeError("\n".join(error.__notes__))
