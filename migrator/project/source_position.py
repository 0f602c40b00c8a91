"""Where in a revision's own file something was called from."""

import linecache
from itertools import islice
from types import FrameType

Position = tuple[int | None, int | None, int | None, int | None]


def lines_in(file: str, frame: FrameType | None) -> tuple[int, int]:
    """The first and the last line of the innermost call in `file`; 1 and 1 if there is none."""
    while frame is not None:
        if frame.f_code.co_filename == file:
            first, last, *_ = _position(frame)
            return first or frame.f_lineno, last or frame.f_lineno
        frame = frame.f_back
    return 1, 1


def call_in(file: str, frame: FrameType | None) -> tuple[int, str]:
    """The line of the innermost call in `file`, and the call as it is written there."""
    while frame is not None:
        if frame.f_code.co_filename == file:
            first, last, start, end = _position(frame)
            line = first or frame.f_lineno
            text = linecache.getline(file, line)
            if first == last and start is not None:
                text = text.encode()[start:end].decode(errors="replace")
            return line, text.strip()
        frame = frame.f_back
    return 1, ""


def _position(frame: FrameType) -> Position:
    return next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
