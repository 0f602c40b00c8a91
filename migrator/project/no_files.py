"""Files that env.py would write its output to, when it is only rendered."""

import builtins
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def files_unwritten(env_file: Path) -> Iterator[None]:
    """Within the block, what this env.py opens to write is kept in memory, and lost.

    Alembic's template for several databases writes `engine1.sql` and so on.
    """
    ours, really_open = os.path.realpath(env_file), builtins.open

    def open_unless_ours(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        caller = sys._getframe(1).f_code.co_filename
        if set(mode) & set("wax+") and os.path.realpath(caller) == ours:
            return io.BytesIO() if "b" in mode else io.StringIO()
        return really_open(file, mode, *arguments, **options)

    builtins.open = open_unless_ours
    try:
        yield
    finally:
        builtins.open = really_open
