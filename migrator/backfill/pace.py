"""How large the next batch should be, so that it takes a given time."""

# How much one measurement counts: the rest is what was known before.
WEIGHT = 0.3
# The size changes by no more than this factor from one batch to the next.
STEP = 2.0
# A batch has costs of its own; below this size there would be little else.
SMALLEST = 50
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

    def record(self, size: int, seconds: float) -> None:
        """Takes note of a batch that was done."""
        per_row = max(seconds, 1e-6) / size
        known = per_row if self._per_row is None else self._per_row
        self._per_row = WEIGHT * per_row + (1 - WEIGHT) * known
        wanted = self.target_seconds / self._per_row
        bounded = min(max(wanted, self.size / STEP), self.size * STEP)
        self.size = round(min(max(bounded, SMALLEST), LARGEST))

    def back_off(self) -> None:
        """After a batch that met a lock or a timeout: a quarter of the size, down to one row."""
        self.size = max(1, self.size // 4)
        self._per_row = None
