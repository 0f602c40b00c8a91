"""A run shown on a terminal."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from migrator.backfill.figures import duration, milliseconds, rate
from migrator.backfill.options import Result
from migrator.backfill.reporter import Snapshot


class ProgressBar:
    """One bar, redrawn in place, with the figures that tell whether the run is healthy."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[figures]}"),
            console=console,
        )
        self._task = self._progress.add_task("starting", total=None, figures="")

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
        if snapshot.retries:
            figures.append(f"{snapshot.retries} retried")
        if snapshot.level:
            figures.append(f"[yellow]slowed {snapshot.level:.0%}: {escape(snapshot.throttle)}[/]")
        if snapshot.state == "paused":
            figures.append("[yellow]paused[/]")
        again = f" pass {snapshot.current_pass}" if snapshot.current_pass > 1 else ""
        self._progress.update(
            self._task,
            description=f"[bold]{snapshot.name}[/]{again}",
            total=snapshot.total,
            completed=snapshot.scanned,
            figures=" · ".join(figures),
        )

    def notice(self, message: str) -> None:
        self._progress.console.print(message, highlight=False, markup=False)

    def finished(self, result: Result) -> None:
        self._progress.update(self._task, total=1, completed=1, figures="done")
