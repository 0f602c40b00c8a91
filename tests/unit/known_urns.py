"""The resources that each stack is known to have: `python -m tests.unit.known_urns` adds new ones.

A resource under another name is another resource to the engine: the known one is deleted. A line is
therefore never dropped by the command, only by hand, when a resource goes on purpose.
"""

from __future__ import annotations

from pathlib import Path

from tests.unit.program import recorded_stack
from tests.unit.stack_files import STACKS

FOLDER = Path(__file__).with_name("urns")


def known(stack: str) -> set[str]:
    """The URNs in a stack's list."""
    return set(_file(stack).read_text().split("\n")) - {""}


def registered(stack: str) -> dict[str, frozenset[str]]:
    """What the program registers, by URN, with the other URNs that it is taken for."""
    return {one.urn: one.alias_urns for one in recorded_stack(stack).resources}


def _file(stack: str) -> Path:
    return FOLDER / f"{stack}.txt"


if __name__ == "__main__":
    for name in STACKS:
        there = known(name) if _file(name).exists() else set[str]()
        _file(name).write_text("\n".join([*sorted(there | registered(name).keys()), ""]))
