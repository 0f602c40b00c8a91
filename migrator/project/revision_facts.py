"""What a revision's module says beside its statements."""

import inspect
import re
import sys
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Literal

from migrator.project.script import RevisionFacts

IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w.]+))", re.MULTILINE)
# Modules made to be used in revisions.
OWN_PACKAGES = {"alembic", "migrator", "sqlalchemy"}


def revision_facts(module: ModuleType, source: str) -> RevisionFacts:
    """Reads the facts off a loaded revision."""
    kind, line = _downgrade(module)
    return RevisionFacts(
        source=source,
        downgrade=kind,
        downgrade_line=line,
        foreign_imports=tuple(_foreign_imports(source)),
        backfill=getattr(module, "backfill", None),
    )


# Alembic calls it, and nothing of it runs.
_UNRUN = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
Downgrade = Literal["steps", "empty", "absent", "declared irreversible"]


def _downgrade(module: ModuleType) -> tuple[Downgrade, int]:
    function: Any = getattr(module, "downgrade", None)
    if getattr(module, "irreversible", None):
        return "declared irreversible", 1
    code: CodeType | None = getattr(function, "__code__", None)
    if code is None:
        return "absent", 1
    if code.co_flags & _UNRUN:
        return "empty", code.co_firstlineno
    # Neither `pass`, `...`, a docstring nor `return` names anything.
    if not code.co_names and not code.co_freevars:
        return "empty", code.co_firstlineno
    if code.co_names[0] == "NotImplementedError":
        return "declared irreversible", code.co_firstlineno
    return "steps", code.co_firstlineno


def _foreign_imports(source: str) -> list[tuple[int, str]]:
    found = []
    for match in IMPORT.finditer(source):
        name = match[1] or match[2]
        if _is_application(name.split(".")[0]):
            found.append((source.count("\n", 0, match.start()) + 1, name))
    return found


@cache
def _is_application(top: str) -> bool:
    """Whether a top-level module is neither installed nor part of Python."""
    if not top or top in OWN_PACKAGES or top in sys.stdlib_module_names:
        return False
    module = sys.modules.get(top)
    locations = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    files = [Path(location) for location in locations if location]
    return bool(files) and not any(
        part in ("site-packages", "dist-packages") for file in files for part in file.parts
    )
