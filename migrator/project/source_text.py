"""A revision's file as text."""

import io
from importlib.util import decode_source
from pathlib import Path


def source_text(file: Path) -> str:
    """What Python reads there, with line ends of one character.

    Python runs a file whose comments are in no encoding, too: what cannot be read is U+FFFD then.
    """
    content = file.read_bytes()
    try:
        return decode_source(content)
    except (SyntaxError, UnicodeDecodeError):
        return io.TextIOWrapper(io.BytesIO(content), "utf-8", errors="replace", newline=None).read()
