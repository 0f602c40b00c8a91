"""A child process whose output is handed on piece by piece."""

import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Literal

Piece = tuple[Literal["stdout", "stderr"], bytes]


class Child:
    """A started process; iterate `output` to its end, then read `exit_code`."""

    def __init__(self, arguments: list[str], directory: str, environment: Mapping[str, str]):
        self._process = subprocess.Popen(
            arguments,
            cwd=directory or None,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def stop(self) -> None:
        """Asks a process that still runs to end."""
        if self._process.poll() is None:
            self._process.terminate()

    def output(self) -> Iterator[Piece]:
        """Every piece of output, in the order it came within each stream."""
        pieces: queue.Queue[Piece | None] = queue.Queue()

        def pump(stream: IO[bytes], name: Literal["stdout", "stderr"]) -> None:
            while piece := os.read(stream.fileno(), 65536):
                pieces.put((name, piece))
            stream.close()
            pieces.put(None)

        stdout, stderr = self._process.stdout, self._process.stderr
        assert stdout is not None  # noqa: S101 (it was started with pipes)
        assert stderr is not None  # noqa: S101
        threading.Thread(target=pump, args=(stdout, "stdout"), daemon=True).start()
        threading.Thread(target=pump, args=(stderr, "stderr"), daemon=True).start()
        open_streams = 2
        while open_streams:
            piece = pieces.get()
            if piece is None:
                open_streams -= 1
            else:
                yield piece

    def exit_code(self, on_output: Callable[[Piece], None]) -> int:
        """Hands all output to `on_output` and gives the exit code."""
        for piece in self.output():
            on_output(piece)
        return self._process.wait()

    def wait(self) -> int:
        """The exit code, once the process has ended."""
        return self._process.wait()
