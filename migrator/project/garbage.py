"""How often Python looks for garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = 100_000


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """For work that makes objects by the million that all live to its end: looking for garbage
    among them takes a sixth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
