"""How long project code may take, and how much memory, where it is only looked at.

A revision with a loop that does not end would otherwise take the machine with it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from migrator.errors import UsageError

# How env.py is called, which is limited like a revision.
ENV = "env.py"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """For each revision, each file that is loaded, and env.py.

    seconds: of processor time; of waiting three times as many, for a machine that is busy.
    megabytes: of the memory of the process that it runs in.
    """

    seconds: float = 30.0
    megabytes: int = 2048

    def __post_init__(self) -> None:
        """Raises UsageError."""
        for name in ("seconds", "megabytes"):
            if not getattr(self, name) > 0:
                raise UsageError(f"{name}: {getattr(self, name)} is no limit; it must be above 0")


class _Watched:
    """What this process is told of its limits and tells of its work.

    tell: hears what begins, and None when it ends. ended: what broke its limit before, and how.
    """

    def __init__(self) -> None:
        self.tell: Callable[[str | None], Any] = lambda _what: None
        self.ended: dict[str, str] = {}


WATCHED = _Watched()


class BrokenLimitError(Exception):
    """Project code that took too long or too much, when it was run before; it is not run again."""


@contextmanager
def limited(what: str) -> Iterator[None]:
    """Within the block, project code runs; `what` names it. Raises BrokenLimitError."""
    if what in WATCHED.ended:
        raise BrokenLimitError(WATCHED.ended[what])
    WATCHED.tell(what)
    try:
        yield
    finally:
        WATCHED.tell(None)
