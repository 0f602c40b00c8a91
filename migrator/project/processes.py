"""Work on many items, spread over the machine's cores."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Below this many items a second process costs more than it saves.
WORTH_A_PROCESS = 100
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # of linux/prctl.h


def spread(
    work: Callable[[Item], Result], items: Sequence[Item], *, cores: int | None = None
) -> list[Result]:
    """``[work(item) for item in items]``, in forked processes where that is safe and worth it.

    What `work` leaves behind in this process's memory is not to be relied on. Results that
    do not come, because a process ended or they cannot be pickled, are made here instead.
    cores: how many to use; default: those that this process may.
    """
    count = min(cores or _cores(), len(items) // WORTH_A_PROCESS)
    # A lock that another thread holds would stay locked in the child for ever.
    if count < 2 or sys.platform != "linux" or threading.active_count() > 1:
        return [work(item) for item in items]
    bounds = [len(items) * part // count for part in range(count + 1)]
    own, *others = [items[start:end] for start, end in pairwise(bounds)]
    children = [_start(work, part) for part in others]
    try:
        results = [work(item) for item in own]
        for (_, pipe), part in zip(children, others, strict=True):
            results += _received(pipe) or [work(item) for item in part]
        for process, _ in children:
            process.join()
    finally:
        for process, _ in children:
            process.kill()
            process.join()
    return results


def die_with_parent() -> None:
    """Has the kernel end this process, a child, with its parent; on Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def no_descendant_left() -> Iterator[None]:
    """Ends, after the block, what was begun in it, whichever process is its parent by then.

    On Linux only, and for what this process starts meanwhile, not another thread.
    """
    if sys.platform != "linux":
        yield
        return
    before = _children()
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)  # orphans come to this process, theirs too
    try:
        yield
    finally:
        while left := _children() - before:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with suppress(ChildProcessError):
                    os.waitpid(pid, 0)
        prctl(PR_SET_CHILD_SUBREAPER, 0)


def _children() -> set[int]:
    """The processes whose parent this one is."""
    found: set[int] = set()
    for file in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended
            found.update(map(int, file.read_text().split()))
    return found


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _start(work: Callable[[Any], Any], items: Sequence[Any]) -> tuple[Any, Any]:
    context = multiprocessing.get_context("fork")
    incoming, outgoing = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, items, outgoing), daemon=True)
    process.start()
    outgoing.close()  # so that the pipe ends with the child
    return process, incoming


def _received(pipe: Any) -> list[Any] | None:
    try:
        return pipe.recv()
    except Exception:  # noqa: BLE001 - whatever it was, the work can be done here
        return None


def _run(work: Callable[[Any], Any], items: Sequence[Any], outgoing: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and ends this process
    die_with_parent()
    try:
        outgoing.send([work(item) for item in items])
    except Exception:  # noqa: BLE001 - the parent meets it again, and tells
        outgoing.close()
