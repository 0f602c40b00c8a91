"""How large the next batch should be, so that it takes a given time."""

# How much one measurement counts: the rest is what was known before.
WEIGHT = 0.3
# The size changes by no more than this factor from one batch to the next.
STEP = 2.0
# The size that a batch keeps where its own costs outweigh those of its rows.
SMALLEST = 50
# Batches whose sizes differ by this factor tell what a row costs from what a batch does.
TELLING = 1.5
# What a row costs is forgotten by this much with each batch that has few to fill: one of a single
# row that once took long would keep all that follow as small.
FORGETTING = 0.99
# Until a batch of rows that needed the backfill has been timed, none is larger.
UNPROVEN = 500
LARGEST = 200_000
FIRST = 10


class Pace:
    """Batch size as a function of the time that batches took.

    target_seconds: how long a batch should take, its commit included.
    """

    def __init__(self, target_seconds: float, *, size: int = FIRST) -> None:
        self.target_seconds = target_seconds
        self.size = size
        self._per_row: float | None = None
        self._compared: tuple[int, float] | None = None
        self._fixed: float | None = None

    def record(self, rows: int, seconds: float, *, updated: int) -> None:
        """Takes note of a batch that was done.

        rows: those it held, fewer than `size` at the end of a range.
        updated: how many of its rows needed the backfill. A batch of rows that were done before
            is quick, and says nothing of the next one, which would hold its rows for too long.
        """
        quick = seconds < self.target_seconds
        if rows == 0 or (quick and rows * 2 < self.size):
            return
        if quick and updated * 2 < rows:
            if self._per_row is not None:
                self._per_row *= FORGETTING
            most = UNPROVEN if self._per_row is None else self.target_seconds / self._per_row
            self.size = max(self.size, round(min(UNPROVEN, most, self.size * STEP)))
            return
        if updated == 0:  # it took long, not because of rows that it filled, and kept none locked
            self.size = max(min(self.size, SMALLEST), round(self.size / STEP))
            return
        per_row = max(seconds, 1e-6) / rows
        far_over = seconds > self.target_seconds * STEP
        known = per_row if self._per_row is None or far_over else self._per_row
        self._per_row = WEIGHT * per_row + (1 - WEIGHT) * known
        wanted = self.target_seconds / self._per_row
        worthwhile = min(SMALLEST, self._break_even(rows, seconds))
        if self._fixed is None and wanted < self.size <= SMALLEST:
            # A step that is large enough to be telling, from here.
            wanted, self._compared = min(wanted, self.size / STEP), (rows, seconds)
        least = worthwhile if far_over else max(worthwhile, self.size / STEP)
        self.size = max(1, round(min(max(wanted, least), self.size * STEP, LARGEST)))

    def back_off(self) -> None:
        """After a batch that met a lock or a timeout: a quarter of the size, down to one row."""
        self.size = max(1, self.size // 4)

    def _break_even(self, rows: int, seconds: float) -> float:
        """Rows that take as long as the batch's own costs, such as round trips.

        Smaller batches would hardly be shorter, only more. 1 until batches of different sizes
        have told these costs from those of the rows.
        """
        other_rows, other_seconds = self._compared = self._compared or (rows, seconds)
        if max(rows, other_rows) >= TELLING * min(rows, other_rows):
            self._compared = (rows, seconds)
            slope = (seconds - other_seconds) / (rows - other_rows)
            slowed_down = max(seconds, other_seconds) >= TELLING * min(seconds, other_seconds)
            if slope < 0 and slowed_down:  # the rows are others now, or the server is
                self._fixed = None
            else:
                self._fixed = seconds - min(max(slope, 0.0), seconds / rows) * rows
        if self._fixed is None:
            return 1.0
        fixed = min(self._fixed, seconds)
        return fixed * rows / (seconds - fixed) if seconds > fixed else SMALLEST
