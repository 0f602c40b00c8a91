"""docs/library.md as its reader follows it: the files that it shows, the commands that it gives."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.stack_files import ROOT

PAGE = ROOT / "docs/library.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"(?:#|--) (\S+)\n")


def files() -> dict[str, str]:
    """The blocks whose first line is a comment with their file's path, by that path."""
    named = ((_NAMED.match(text), text) for _, text in _BLOCK.findall(PAGE.read_text()))
    return {found[1]: text for found, text in named if found}


def commands() -> list[list[str]]:
    """The lines of its shell blocks, in order."""
    return [
        line.split()
        for language, text in _BLOCK.findall(PAGE.read_text())
        if language == "sh"
        for line in text.splitlines()
    ]


def write_files(folder: Path) -> None:
    """Writes what the page shows where it says."""
    for path, text in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
