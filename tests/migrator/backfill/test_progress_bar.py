"""What a run shows on a terminal."""

import sys
from io import StringIO

import pytest
from rich.console import Console

from migrator.backfill.progress_bar import ProgressBar
from migrator.backfill.reporter import Snapshot

SLOWED = Snapshot(
    name="users_email",
    state="paused",
    current_pass=1,
    scanned=400_000,
    total=1_000_000,
    updated=400_000,
    batches=100,
    retries=3,
    batch_size=4_000,
    batch_p50=0.015,
    batch_max=0.031,
    rows_per_second=250_000,
    eta_seconds=3,
    level=0.4,
    throttle="replication lag 13.2 s (warn 2, critical 30)",
    beside_writers=True,
)


def shown(snapshot: Snapshot, *notices: str) -> str:
    written = StringIO()
    console = Console(file=written, width=80, force_terminal=True, color_system=None)
    with ProgressBar(console) as bar:
        bar.progress(snapshot)
        for notice in notices:
            bar.notice(notice)
    return written.getvalue()


def test_all_figures_are_whole_on_a_terminal_of_80_columns() -> None:
    told = shown(SLOWED)
    assert "40%" in told
    for figure in ("250,000 rows/s", "ETA 0:00:03", "batch 4,000", "p50 15.0 ms", "3 retried"):
        assert figure in told
    assert "slowed 40%: replication lag 13.2 s (warn 2, critical 30)" in told
    assert "paused" in told
    assert "others write: short batches, a rest after each" in told


def test_notices_are_shown_as_they_are() -> None:
    assert "2 rows of [public] [/x]" in shown(SLOWED, "2 rows of [public] [/x]")


def test_what_others_print_goes_to_standard_error_where_that_is_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = StringIO()
    with ProgressBar(Console(file=written, width=80, force_terminal=True)):
        print("from env.py", file=sys.stderr)
    assert "from env.py" in capsys.readouterr().err
    assert "from env.py" not in written.getvalue()
