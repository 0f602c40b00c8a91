"""How large the next batch should be, so that it takes a given time."""

# How much one measurement counts: the rest is what was known before.
WEIGHT = 0.3
# The size changes by no more than this factor from one batch to the next.
STEP = 2.0
# A batch has costs of its own; below this size there would be little else.
SMALLEST = 50
# Until a batch of rows that needed the backfill has been timed, none is larger.
UNPROVEN = 500
LARGEST = 200_000
FIRST = 100


class Pace:
    """Batch size as a function of the time that batches took.

    target_seconds: how long a batch should take, its commit included.
    """

    def __init__(self, target_seconds: float, *, size: int = FIRST) -> None:
        self.target_seconds = target_seconds
        self.size = size
        self._per_row: float | None = None

    def record(self, size: int, seconds: float, *, updated: int) -> None:
        """Takes note of a batch that was done.

        updated: how many of its rows needed the backfill. A batch of rows that were done before
            is quick, and says nothing of the next one, which would hold its rows for too long.
        """
        if updated * 2 < size and seconds < self.target_seconds:
            self.size = max(self.size, min(UNPROVEN, round(self.size * STEP)))
            return
        per_row = max(seconds, 1e-6) / size
        far_over = seconds > self.target_seconds * STEP
        known = per_row if self._per_row is None or far_over else self._per_row
        self._per_row = WEIGHT * per_row + (1 - WEIGHT) * known
        wanted = self.target_seconds / self._per_row
        least = SMALLEST if far_over else max(SMALLEST, self.size / STEP)
        self.size = round(min(max(wanted, least), self.size * STEP, LARGEST))

    def back_off(self) -> None:
        """After a batch that met a lock or a timeout: a quarter of the size, down to one row."""
        self.size = max(1, self.size // 4)
        self._per_row = None
