"""How fast a run is at the moment."""

import time
from collections import deque

WINDOW_SECONDS = 15.0


class Speed:
    """Rows a second over the last while, so that a pause or a throttle shows."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def update(self, rows: int) -> float:
        """Takes note of the rows done so far; returns rows a second."""
        now = time.monotonic()
        self._points.append((now, rows))
        while len(self._points) > 2 and now - self._points[1][0] > WINDOW_SECONDS:
            self._points.popleft()
        since, before = self._points[0]
        return (rows - before) / max(now - since, 1e-6)
