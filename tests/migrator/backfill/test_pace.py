"""A batch takes the time that it should, whatever its rows and the batch itself cost."""

from hypothesis import example, given
from hypothesis import strategies as st

from migrator.backfill.pace import FIRST, LARGEST, SMALLEST, Pace


def run(pace: Pace, batches: int, *, per_row: float, around: float) -> float:
    """Batches of rows that all need it; returns the seconds that the next would take.

    around: seconds that a batch takes however few its rows.
    """
    for _ in range(batches):
        pace.record(pace.size, around + per_row * pace.size, updated=pace.size)
    return around + per_row * pace.size


@given(target=st.floats(0.001, 1), per_row=st.floats(1e-7, 10), around=st.floats(1e-4, 0.002))
@example(target=0.484375, per_row=0.03515625, around=0.001953125)
def test_it_settles_near_its_target(target: float, per_row: float, around: float) -> None:
    pace = Pace(target)
    seconds = run(pace, 60, per_row=per_row, around=around)
    own_costs = around * 2.5
    assert seconds <= max(target * 1.35, own_costs) or pace.size == 1
    assert seconds + per_row >= target * 0.7 or pace.size == LARGEST


@given(per_row=st.floats(1e-7, 10), around=st.floats(1e-4, 0.1))
def test_rows_are_never_the_lesser_part_of_a_long_batch(per_row: float, around: float) -> None:
    """A hundred milliseconds of round trips for each single row would take for ever."""
    target = 0.015
    pace = Pace(target)
    seconds = run(pace, 60, per_row=per_row, around=around)
    worth = per_row * pace.size >= around * 0.3 or pace.size >= SMALLEST * 0.6
    assert seconds <= target or worth


@given(per_row=st.floats(0.02, 10), around=st.floats(1e-4, 0.01))
def test_slow_rows_go_one_by_one_after_the_first_batch(per_row: float, around: float) -> None:
    pace = Pace(0.015)
    run(pace, 1, per_row=per_row, around=around)
    assert pace.size == 1


@given(per_row=st.floats(1e-7, 1e-3), around=st.floats(1e-4, 0.1), back_offs=st.integers(0, 9))
def test_it_recovers_from_one_row_on_a_slow_network(
    per_row: float, around: float, back_offs: int
) -> None:
    pace = Pace(0.015)
    run(pace, 20, per_row=per_row, around=around)
    before = pace.size
    for _ in range(back_offs):
        pace.back_off()
    run(pace, 30, per_row=per_row, around=around)
    assert pace.size >= min(before, SMALLEST) * 0.3


@given(st.integers(0, 40))
def test_it_backs_off_to_one_row(times: int) -> None:
    pace = Pace(0.01)
    for _ in range(times):
        pace.back_off()
    assert pace.size >= 1
    run(pace, 30, per_row=1e-6, around=1e-4)
    assert pace.size > FIRST


@given(before=st.integers(0, 20), done=st.integers(1, 60))
def test_rows_that_were_done_before_do_not_make_the_next_batch_long(before: int, done: int) -> None:
    """As where a second walk comes to rows that were inserted since the first."""
    per_row, target = 1e-5, 0.01
    pace = Pace(target)
    run(pace, before, per_row=per_row, around=1e-4)
    for _ in range(done):
        seconds = per_row / 100 * pace.size
        pace.record(pace.size, seconds, updated=0)
    assert per_row * pace.size <= target * 1.1


def test_what_slow_rows_have_taught_outlives_rows_done_before_and_a_lock() -> None:
    pace = Pace(0.015)
    run(pace, 3, per_row=0.01, around=0.001)
    for _ in range(20):
        pace.record(pace.size, 0.001, updated=0)
    pace.back_off()
    for _ in range(20):
        pace.record(pace.size, 0.001, updated=0)
    assert pace.size <= 2


def test_one_batch_that_is_far_too_long_is_enough() -> None:
    pace = Pace(0.01, size=5_000)
    pace.record(5_000, 0.2, updated=5_000)
    assert pace.size == 250


def test_the_short_end_of_a_range_does_not_slow_the_next() -> None:
    pace = Pace(0.015)
    run(pace, 40, per_row=5e-6, around=0.001)
    before = pace.size
    pace.record(3, 0.001, updated=3)
    assert pace.size == before


def test_slow_rows_at_the_end_of_a_range_are_learnt_from() -> None:
    """As with many partitions of a few rows each."""
    pace = Pace(0.015)
    pace.record(5, 0.3, updated=5)
    assert pace.size == 1


def test_rows_that_become_slow_shrink_the_batch_to_one_row() -> None:
    """After the server has cut off the first batches that met them."""
    pace = Pace(0.015)
    run(pace, 40, per_row=5e-6, around=0.001)
    while pace.size * 0.06 > 5:
        pace.back_off()
    run(pace, 3, per_row=0.06, around=0.001)
    assert pace.size == 1


def test_batches_without_a_row_to_fill_do_not_shrink_to_one_row() -> None:
    """However long each takes by itself."""
    pace = Pace(0.015)
    run(pace, 20, per_row=1e-5, around=0.02)
    for _ in range(20):
        pace.record(pace.size, 0.02, updated=0)
    assert pace.size >= SMALLEST


def test_few_rows_to_fill_among_many_do_not_keep_batches_at_one_row() -> None:
    """One in a thousand, found by an expression that takes its time; now and then a slow batch."""
    pace = Pace(0.015, size=1)
    batches = 0
    seen = 0
    while seen < 20_000:
        size, slow = pace.size, batches % 50 == 0
        updated = (seen + size) // 1000 - seen // 1000
        pace.record(size, (0.03 if slow else 0.004) + 2e-6 * size, updated=updated)
        seen += size
        batches += 1
    assert batches < 1000
