"""A value that cannot work, as all checks of arguments and settings tell it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A value that cannot work: its field (a path such as `zones[1]`), and what would be right."""

    field: str
    value: object
    expected: str

    def __str__(self) -> str:
        return f"{self.field}: {self.value!r} cannot be used; {self.expected}"
