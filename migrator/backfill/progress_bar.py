"""A run shown on a terminal."""

import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from migrator.backfill.figures import BESIDE_WRITERS, duration, milliseconds, rate
from migrator.backfill.options import Result
from migrator.backfill.reporter import Snapshot


class _Bar(Progress):
    """A bar with lines of text below it: beside it, a narrow terminal would cut them off."""

    lines: tuple[Text, ...] = ()

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        yield from self.lines


class ProgressBar:
    """One bar, redrawn in place, with the figures that tell whether the run is healthy."""

    def __init__(self, console: Console) -> None:
        self.console = console
        # What others print stands above the bar; into a file, where standard error is one.
        shared = sys.stderr.isatty()
        self._progress = _Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            console=console,
            redirect_stdout=shared,
            redirect_stderr=shared,
        )
        self._task = self._progress.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def progress(self, snapshot: Snapshot) -> None:
        figures = [
            rate(snapshot.rows_per_second),
            f"ETA {duration(snapshot.eta_seconds)}",
            f"batch {snapshot.batch_size:,}",
            f"p50 {milliseconds(snapshot.batch_p50)}",
            f"max {milliseconds(snapshot.batch_max)}",
        ]
        lines = [Text("  " + " · ".join(figures))]
        if snapshot.retries:
            lines.append(Text(f"  {snapshot.retries:,} retried"))
        if snapshot.beside_writers:
            lines.append(Text(f"  {BESIDE_WRITERS}"))
        if snapshot.level:
            slowed = f"  slowed {snapshot.level:.0%}: {snapshot.throttle}"
            lines.append(Text(slowed, style="yellow"))
        if snapshot.state == "paused":
            lines.append(Text("  paused", style="yellow"))
        self._progress.lines = tuple(lines)
        again = f" pass {snapshot.current_pass}" if snapshot.current_pass > 1 else ""
        self._progress.update(
            self._task,
            description=f"[bold]{snapshot.name}[/]{again}",
            total=snapshot.total,
            completed=snapshot.scanned,
        )

    def notice(self, message: str) -> None:
        self._progress.console.print(message, highlight=False, markup=False)

    def finished(self, result: Result) -> None:
        self._progress.lines = (Text("  done"),)
        self._progress.update(self._task, total=1, completed=1)
