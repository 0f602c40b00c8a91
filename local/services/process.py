"""A detached process that outlives the command that started it."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

# The shell writes its pid and becomes the program: there is no moment at which the program runs
# and the pid file does not say so, whenever the starting command is killed.
RECORD_AND_RUN = 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec "$@"'

STOP_SECONDS = 20.0


def has_ended(process: psutil.Process) -> bool:
    """Whether a process is gone, or dead and merely not yet collected by its parent.

    In a container nobody may ever collect it.
    """
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_ended(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Waits until all have ended; gives those that have not after `seconds`."""
    deadline = time.monotonic() + seconds
    while alive := [process for process in processes if not has_ended(process)]:
        if time.monotonic() > deadline:
            return alive
        time.sleep(0.02)
    return []


@dataclass(frozen=True, kw_only=True)
class Process:
    """One process of the platform.

    command: the program and its arguments. One argument names a path of this platform, so that
        the command line tells whose process it is.
    environment: variables on top of the ones that the starting command has.
    """

    name: str
    command: Sequence[str]
    pid_file: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def find(self) -> psutil.Process | None:
        """The running process; None if there is none or the pid has gone to another program."""
        try:
            process = psutil.Process(int(self.pid_file.read_text()))
            if not has_ended(process) and self._is_ours(process):
                return process
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            return None
        return None

    def runs_as_wanted(self) -> bool:
        """Whether it runs, with exactly this command line."""
        process = self.find()
        return process is not None and process.cmdline() == list(self.command)

    def start(self) -> None:
        """Starts it in a session of its own, its output appended to the log."""
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                ["/bin/sh", "-c", RECORD_AND_RUN, str(self.pid_file), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                cwd="/",
                start_new_session=True,
            )
        while started.poll() is None and self.find() is None:
            time.sleep(0.01)  # until the shell has become the program

    def ask_to_stop(self) -> None:
        """Asks it to end, without waiting for it."""
        process = self.find()
        if process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGTERM)

    def stop(self) -> bool:
        """Asks it to end, and ends it where that takes too long; whether it ran."""
        process = self.find()
        if process is not None:
            children: list[psutil.Process] = []
            with contextlib.suppress(psutil.NoSuchProcess):  # it may end by itself meanwhile
                children = process.children(recursive=True)
                process.send_signal(signal.SIGTERM)
            alive = wait_ended([process], STOP_SECONDS)
            for left in [*alive, *children] if alive else []:
                with contextlib.suppress(psutil.NoSuchProcess):
                    left.kill()
            wait_ended(alive, STOP_SECONDS)
        self.pid_file.unlink(missing_ok=True)
        return process is not None

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def _is_ours(self, process: psutil.Process) -> bool:
        """Whether it is this program, run for this platform.

        A flag, a port or the program's folder may have changed since; its name and the paths of
        this platform that it was given do not.
        """
        running = process.cmdline()
        return (
            bool(running)
            and Path(running[0]).name == Path(self.command[0]).name
            and _paths(running) == _paths(self.command)
        )


def _paths(command: Sequence[str]) -> set[str]:
    """The absolute paths among a command's arguments."""
    values = (argument.rsplit("=", 1)[-1] for argument in command[1:])
    return {value for value in values if value.startswith("/")}
