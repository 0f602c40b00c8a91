"""A run written down as JSON lines, for a program to read."""

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from migrator.backfill.options import Result
from migrator.backfill.reporter import Reporter, Snapshot

EVERY_SECONDS = 1.0


class Metrics:
    """Appends a line a second to a file, and passes everything on to another reporter.

    Each line is an object with `time` (ISO 8601), `event` (progress, notice or finished) and
    the fields of Snapshot or Result, or `message`.
    """

    def __init__(self, file: Path, beyond: Reporter) -> None:
        self._stream = file.open("a", encoding="utf-8")
        self._beyond = beyond
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.close()

    def progress(self, snapshot: Snapshot) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY_SECONDS
            self._write("progress", asdict(snapshot))
        self._beyond.progress(snapshot)

    def notice(self, message: str) -> None:
        self._write("notice", {"message": message})
        self._beyond.notice(message)

    def finished(self, result: Result) -> None:
        self._write("finished", asdict(result))
        self._beyond.finished(result)

    def _write(self, event: str, fields: dict[str, object]) -> None:
        now = datetime.now(UTC).isoformat()
        self._stream.write(json.dumps({"time": now, "event": event, **fields}) + "\n")
        self._stream.flush()
