"""What a revision says about the data it costs."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path

from migrator.errors import UsageError

LOSES = "downgrade_loses"
CHANGES = "upgrade_changes"


def declared(path: Path, name: str) -> tuple[str, ...]:
    """The module attribute of a revision's file: one name or several, as table or table.column.

    Raises UsageError for anything but text.
    """
    specification = importlib.util.spec_from_file_location(f"declared_{path.stem}", path)
    if specification is None or specification.loader is None:
        raise UsageError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    said = getattr(module, name, None) or ()
    names = (said,) if isinstance(said, str) else tuple(said)
    if not all(isinstance(each, str) for each in names):
        raise UsageError(
            f'{path}: {name} = {said!r}; write a table or table.column, such as "users.email"'
        )
    return names


def covers(names: Iterable[str], subject: str) -> bool:
    """Whether a declaration speaks of a table or column; a table's covers its columns."""
    return any(subject == name or subject.startswith(f"{name}.") for name in names)
