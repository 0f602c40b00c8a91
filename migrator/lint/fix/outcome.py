"""What `fix` makes of a revision: the text before and after, and what is left."""

import shutil
from dataclasses import dataclass
from difflib import unified_diff
from io import StringIO
from pathlib import Path
from typing import Any

import libcst as cst

from migrator.errors import UsageError
from migrator.lint.finding import Finding

# How a unified difference says that a file's last line does not end.
NO_END = "\n\\ No newline at end of file\n"


class FixError(UsageError):
    """The revision cannot be read or written so that all else stays."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; nothing was changed")


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """An unsafe finding that needs thought. `why`: what speaks against the rewrite of its rule."""

    finding: Finding
    why: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fix:
    """The outcome; nothing is written yet."""

    file: str
    before: cst.Module
    after: cst.Module
    fixed: tuple[Finding, ...]
    left: tuple[Left, ...]

    def diff(self) -> str:
        """The change in unified form; empty where nothing is mechanical.

        An absolute path is named as `git diff` does: it applies at the root.
        """
        path = self.file.removeprefix("/")
        lines = unified_diff(_lines(self.before), _lines(self.after), f"a/{path}", f"b/{path}")
        return "".join(line if line.endswith("\n") else f"{line}{NO_END}" for line in lines)

    def as_json(self) -> dict[str, Any]:
        """For programs: the difference, what it mends, and what it leaves with the reason."""
        return {
            "file": self.file,
            "diff": self.diff(),
            "fixed": [finding.as_json() for finding in self.fixed],
            "left": [{**left.finding.as_json(), "why": left.why} for left in self.left],
        }

    def write(self) -> None:
        """Puts the new text in the file's place, in its encoding, with its mode.

        Raises FixError where that is not permitted.
        """
        file = Path(self.file).resolve()
        new = file.with_name(f".{file.name}.new")
        try:
            new.write_bytes(self.after.bytes)
            shutil.copymode(file, new)
            new.replace(file)
        except OSError as error:
            raise FixError(f"{self.file} cannot be written: {error.strerror}") from error


def _lines(module: cst.Module) -> list[str]:
    """The lines with their ends and the byte order mark, as `git apply` reads them."""
    text = module.bytes.decode(module.encoding.removesuffix("-sig"))
    return list(StringIO(text, newline="\n"))
