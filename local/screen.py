"""What a long step shows: a moving line on a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

PLAIN_INTERVAL = 15.0
"""Seconds between two lines about one step where there is no terminal."""


class Step:
    """One step under way."""

    def __init__(
        self, title: str, console: Console, progress: Progress | None, task: TaskID | None
    ):
        self.title = title
        self._console = console
        self._progress = progress
        self._task = task
        self._shown = time.monotonic()

    def show(self, detail: str, *, done: int | None = None, total: int | None = None) -> None:
        """Says what the step is at, and how far it is: `done` of `total`, where that is known."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total, detail=detail)
        elif time.monotonic() - self._shown >= PLAIN_INTERVAL:
            self._shown = time.monotonic()
            share = f" {100 * done // total} %" if done is not None and total else ""
            said = f"  {self.title}:{share} {detail}"
            self._console.print(said, markup=False, highlight=False, soft_wrap=True)


class Screen:
    """Shows steps and remarks on one console."""

    def __init__(self, console: Console | None = None):
        self.console = console or Console(highlight=False, emoji=False)

    def say(self, text: str) -> None:
        """A remark that stays on the screen."""
        self.console.print(text, markup=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """A remark about something that was found and put right."""
        self.console.print(text, style="yellow", markup=False, soft_wrap=True)

    def fail(self, text: str) -> None:
        """The error that ends a command, on the error stream."""
        Console(stderr=True, highlight=False, emoji=False).print(
            f"error: {text}", style="red", markup=False, soft_wrap=True
        )

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Shows `title` while the body runs, and how long it took once it has succeeded."""
        started = time.monotonic()
        if self.console.is_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                TimeElapsedColumn(),
                TextColumn("[dim]{task.fields[detail]}"),
            )
            with Progress(*columns, console=self.console, transient=True) as progress:
                task = progress.add_task(title, total=None, detail="")
                yield Step(title, self.console, progress, task)
        else:
            self.console.print(f"… {title}", markup=False, soft_wrap=True)
            yield Step(title, self.console, None, None)
        seconds = time.monotonic() - started
        self.console.print(f"[green]✓[/] {title} [dim]{seconds:.1f} s[/]", soft_wrap=True)
