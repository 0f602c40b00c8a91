"""The end of a platform whose folder was removed or moved: no command would find it any more."""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

LOG = logging.getLogger(__name__)
# What ends each at once; at a SIGTERM, PostgreSQL would wait for its clients. An editor or a
# `tail -f` may have a path below the folder among its arguments, too.
PROGRAMS = {
    "etcd": signal.SIGTERM,
    "kube-apiserver": signal.SIGTERM,
    "kube-controller-manager": signal.SIGTERM,
    "postgres": signal.SIGINT,
}
LOOK_SECONDS = 3.0


def end_with(sign: Path, folder: Path) -> None:
    """Looks from now on whether a file is there; when it is gone twice in a row, ends all that
    runs below a platform's folder, this process the last."""
    threading.Thread(target=_watch, args=(sign, folder), daemon=True).start()


def _watch(sign: Path, folder: Path) -> None:
    gone = 0
    while gone < 2:
        time.sleep(LOOK_SECONDS)
        gone = 0 if sign.exists() else gone + 1
    LOG.warning("%s was removed or moved: its platform ends", folder)
    for process, ending in _running_below(folder):
        with suppress(psutil.Error):
            process.send_signal(ending)
    os.kill(os.getpid(), signal.SIGTERM)


def _running_below(folder: Path) -> Iterator[tuple[psutil.Process, signal.Signals]]:
    for process in psutil.process_iter(["cmdline"]):
        program, *arguments = process.info["cmdline"] or [""]
        ending = PROGRAMS.get(Path(program).name)
        if ending and any(f"{folder}{os.sep}" in argument for argument in arguments):
            yield process, ending
