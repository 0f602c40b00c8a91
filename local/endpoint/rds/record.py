"""What a server's folder says about the server."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from local import files

FILE = "server.json"


@dataclass(frozen=True, kw_only=True)
class Record:
    """What outlives the endpoint but is not in AWS's state.

    port: where clients connect; kept over restarts.
    backend_port: names the server's own socket; another one after each start.
    major: the PostgreSQL version that the data directory is of.
    reboots: how many of the requested restarts are done.
    applied: the parameters that the server was given last.
    complete: whether the database and its roles were made.
    """

    resource_id: str
    identifier: str
    port: int
    backend_port: int
    major: int
    reboots: int
    applied: dict[str, str]
    complete: bool = False

    @classmethod
    def read(cls, directory: Path) -> Self | None:
        """The record in a server's folder; None if there is none or it is torn."""
        try:
            return cls(**json.loads((directory / FILE).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, directory: Path) -> None:
        """Puts the record into the folder, at once or not at all."""
        files.write(directory / FILE, json.dumps(asdict(self), indent=1) + "\n")

    def with_changes(self, **changes: object) -> Self:
        """A copy with some fields changed."""
        return replace(self, **changes)  # pyright: ignore[reportArgumentType]
