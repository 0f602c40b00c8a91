"""How long a command takes, and how much memory it and all that it starts hold at once."""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.1
LINES_OF_ERROR = 30


class CommandError(RuntimeError):
    """The measured command ended with an error; the message has the end of its output."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """seconds: wall-clock time. mebibytes: the peak resident size of the process tree."""

    seconds: float
    mebibytes: float


def measure(command: Sequence[str], *, folder: Path, env: Mapping[str, str]) -> Measurement:
    """Runs a command to its end. Raises CommandError."""
    peak = 0
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - started
        if process.returncode:
            output.seek(0)
            tail = "".join(output.readlines()[-LINES_OF_ERROR:])
            raise CommandError(f"{' '.join(command)}\n{tail}")
    return Measurement(seconds=seconds, mebibytes=peak / 2**20)


def _resident(pid: int) -> int:
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total
