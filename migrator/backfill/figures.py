"""Numbers of a run, as people read them."""

from datetime import timedelta

from migrator.backfill.options import Result

BESIDE_WRITERS = "others write: short batches, a rest after each"


def rate(rows_per_second: float) -> str:
    return f"{rows_per_second:,.0f} rows/s"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def duration(seconds: float | None) -> str:
    """Hours, minutes and seconds; a dash for what cannot be told yet."""
    if seconds is None:
        return "-"
    return str(timedelta(seconds=round(seconds)))


def summary(result: Result) -> str:
    """One line on a run that is done."""
    if not result.batches:
        return f"{result.name}: nothing to do"
    return (
        f"{result.name}: {result.updated:,} rows filled in {duration(result.seconds)} "
        f"({rate(result.scanned / result.seconds)}, {result.batches:,} batches, "
        f"p50 {milliseconds(result.batch_p50)}, max {milliseconds(result.batch_max)}); none left"
    )
