"""`make bench`, or `python -m bench NAME`."""

import signal
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from bench import backfill, imports, lint, platform

app = typer.Typer(help="Prints the project's figures.", add_completion=False)


class Figure(StrEnum):
    """What can be measured."""

    IMPORTS = "imports"
    PLATFORM = "platform"
    LINT = "lint"
    BACKFILL = "backfill"


RUNS = {
    Figure.IMPORTS: imports.run,
    Figure.PLATFORM: platform.run,
    Figure.LINT: lint.run,
    Figure.BACKFILL: backfill.run,
}


@app.command()
def bench(
    figures: Annotated[
        list[Figure] | None, typer.Argument(help="What to measure; everything if none is named.")
    ] = None,
) -> None:
    """Measures and prints, one table a subject; takes some minutes for all."""
    # As Ctrl-C does: what was started for a measurement is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console()
    for figure in figures or list(Figure):
        RUNS[figure](console)


app()
