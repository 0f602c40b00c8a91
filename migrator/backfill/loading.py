"""Reads the backfills of a project from its folder."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillUsageError


def load_backfills(directory: Path) -> dict[str, Backfill]:
    """The backfills that a folder's Python files define, by name, in order of file name.

    Each file that does not start with an underscore defines `backfill = Backfill(...)`.
    A folder that does not exist holds none. Raises BackfillUsageError, naming the file.
    """
    found: dict[str, Backfill] = {}
    for file in sorted(directory.glob("[!_]*.py")):
        backfill = getattr(_execute(file), "backfill", None)
        if not isinstance(backfill, Backfill):
            raise BackfillUsageError(f"{file} defines no `backfill = Backfill(...)`")
        if backfill.name in found:
            raise BackfillUsageError(f"{file}: another file defines the backfill {backfill.name!r}")
        found[backfill.name] = backfill
    return found


def pick_backfill(directory: Path, name: str) -> Backfill:
    """The backfill of that name; raises BackfillUsageError that lists the names there are."""
    found = load_backfills(directory)
    if name not in found:
        raise BackfillUsageError(f"the backfill {name!r} {not_there(directory, found)}")
    return found[name]


def not_there(directory: Path, known: Iterable[str]) -> str:
    """What a message says of a backfill that the folder does not define."""
    return f"is not in {directory} (there: {', '.join(known) or 'none'})"


def _execute(file: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"backfill_{file.stem}", file)
    if specification is None or specification.loader is None:
        raise BackfillUsageError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    try:
        specification.loader.exec_module(module)
    except Exception as error:  # whatever a user's file raises, its path belongs in the message
        # A definition's own message says it all; that of others, such as KeyError, may not.
        text = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise BackfillUsageError(f"{file} cannot be loaded: {text}") from error
    return module
