"""The record of every request that changed AWS state, which a restart replays."""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

VERSION = 1


class JournalError(RuntimeError):
    """The journal cannot be read; the message names the file and the line."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """The journal's first line.

    seed: what the ids of moto's own objects, such as the default VPC, follow from.
    born: ISO 8601 time at which the journal was begun.
    """

    version: int
    seed: str
    born: str

    @property
    def born_at(self) -> datetime:
        """The time at which the journal was begun."""
        return datetime.fromisoformat(self.born)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One request.

    instant: ISO 8601 time at which it was applied.
    seed: what the ids and secrets that it created follow from.
    url: path and query, percent-encoded as it arrived.
    body: base64.
    status: the HTTP status of the answer.
    """

    instant: str
    seed: str
    method: str
    url: str
    headers: dict[str, str]
    body: str
    status: int

    @property
    def instant_at(self) -> datetime:
        """The time at which the request was applied."""
        return datetime.fromisoformat(self.instant)


class Journal:
    """An append-only file of JSON lines, readable by its owner only.

    A line that a crash cut off is dropped when the journal is opened.
    Raises JournalError if another line cannot be read, the version is unknown or another
    process has it open.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(self._file, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise JournalError(f"{path}: another process uses it") from error
        lines = self._intact_lines()
        if lines:
            self.header = self._header(lines[0])
            self._recorded = lines[1:]
        else:
            self.header = Header(
                version=VERSION,
                seed=secrets.token_hex(16),
                born=datetime.now(UTC).isoformat(),
            )
            self._recorded = []
            self._write(asdict(self.header))

    def entries(self) -> Iterator[Entry]:
        """What was recorded before the journal was opened, oldest first."""
        for number, line in enumerate(self._recorded, start=2):
            try:
                yield Entry(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise JournalError(f"{self.path}, line {number}: {error}") from error

    def append(self, entry: Entry) -> None:
        """Records a request; it survives the death of this process from here on."""
        self._write(asdict(entry))

    def close(self) -> None:
        """Gives the file back; nothing can be appended after it."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write(self, line: dict[str, object]) -> None:
        data = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        while data:
            data = data[os.write(self._file, data) :]

    def _intact_lines(self) -> list[bytes]:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.ftruncate(self._file, whole)
        return content[:whole].splitlines()

    def _header(self, line: bytes) -> Header:
        try:
            header = Header(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise JournalError(f"{self.path}, line 1: {error}") from error
        if header.version != VERSION:
            raise JournalError(
                f"{self.path}: written in version {header.version}, this program reads "
                f"version {VERSION}; remove the file to begin with an empty account"
            )
        return header
