"""`migrator backfill …`."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.console import Console

from migrator.backfill.connection import connect
from migrator.backfill.control import cancel, pause, resume
from migrator.backfill.definition import Backfill
from migrator.backfill.failure import told
from migrator.backfill.figures import summary
from migrator.backfill.line_log import LineLog
from migrator.backfill.loading import load_backfills, pick_backfill
from migrator.backfill.metrics import Metrics
from migrator.backfill.options import (
    LAG_CRITICAL,
    LAG_WARN,
    RunOptions,
    default_throttles,
)
from migrator.backfill.overview import overview_table
from migrator.backfill.preview import explain
from migrator.backfill.progress_bar import ProgressBar
from migrator.backfill.reporter import Reporter
from migrator.backfill.run import run_backfill
from migrator.backfill.throttle_option import parse_query, parse_throttle
from migrator.errors import MigratorError
from migrator.project.settings import MigratorSettings
from migrator.runner.project import Project
from migrator.runner.waiting import waited_for

app = typer.Typer(help="Fill columns of existing rows online.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

Name = Annotated[str, typer.Argument(help="The backfill's name.")]


def register(parent: typer.Typer) -> None:
    """Adds `backfill` to the migrator's commands."""
    parent.add_typer(app, name="backfill")


@contextmanager
def _reported() -> Iterator[None]:
    """Ends the command with the message of what went wrong, and no traceback."""
    # psycopg's warnings are of what follows from an error that is raised anyway.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    try:
        yield
    except (MigratorError, ValueError, psycopg.Error) as error:
        errors.print(
            f"error: {told(error)}", style="red", highlight=False, markup=False, soft_wrap=True
        )
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        errors.print("interrupted; the progress is kept, run it again to continue")
        raise typer.Exit(130) from None


def _say(text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _folder(context: typer.Context) -> Path:
    settings: MigratorSettings = context.obj
    return settings.config.parent / "backfills"


def _url(context: typer.Context) -> str:
    settings: MigratorSettings = context.obj
    return settings.url().render_as_string(hide_password=False)


def _pick(context: typer.Context, name: str) -> Backfill:
    return pick_backfill(_folder(context), name)


def _metrics(file: Path, beyond: Reporter) -> Metrics:
    try:
        return Metrics(file, beyond)
    except OSError as error:
        raise typer.BadParameter(
            f"cannot write {file}: {error.strerror}", param_hint="--metrics"
        ) from None


@app.command()
def run(
    context: typer.Context,
    name: Name,
    batch_ms: Annotated[float, typer.Option(help="How long one batch should take.")] = 15,
    rest: Annotated[
        float,
        typer.Option(
            help="Rest after each batch while others write, as a multiple of the batch's time."
        ),
    ] = 2,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Connections that fill ranges of their own, one after the other while others "
            "write. Default: two for an SQL expression, one for Python code."
        ),
    ] = None,
    throttle: Annotated[
        list[str] | None,
        typer.Option(
            help="replication-lag, active-sessions or wal-rate, as NAME=WARN:CRITICAL (seconds, "
            "sessions, bytes/s). Repeatable. "
            f"Default: replication-lag={LAG_WARN:g}:{LAG_CRITICAL:g}."
        ),
    ] = None,
    throttle_query: Annotated[
        list[str] | None,
        typer.Option(help="A query that returns a number, as WARN:CRITICAL:SELECT …"),
    ] = None,
    lock_timeout_ms: Annotated[
        float, typer.Option(help="How long a batch waits for a locked row.")
    ] = 100,
    statement_timeout_ms: Annotated[float, typer.Option(help="How long a batch may take.")] = 5000,
    restart: Annotated[bool, typer.Option(help="Start from the first row again.")] = False,
    if_needed: Annotated[
        bool,
        typer.Option(help="Do nothing once the contract revision that waits for it is applied."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            help="Explain what would be done, and stop. The time is estimated from short batches "
            "that are rolled back; Python code is not called, and gets no estimate."
        ),
    ] = False,
    metrics: Annotated[
        Path | None, typer.Option(help="Append the figures to this file as JSON lines.")
    ] = None,
) -> None:
    """Fill all rows that need it, going on from where an earlier run ended."""
    with _reported():
        backfill = _pick(context, name)
        if if_needed and not waited_for(Project.open(context.obj), [name]):
            _say(f"{name}: the contract revision that waits for it is applied")
            return
        options = RunOptions(
            batch_seconds=batch_ms / 1000,
            rest=rest,
            workers=workers,
            lock_timeout=lock_timeout_ms / 1000,
            statement_timeout=statement_timeout_ms / 1000,
            restart=restart,
            throttles=(
                *(default_throttles() if throttle is None else map(parse_throttle, throttle)),
                *map(parse_query, throttle_query or ()),
            ),
        )
        if dry_run:
            with connect(_url(context), name=name, role="dry run") as connection:
                explain(connection, backfill, options, console)
            return
        with ExitStack() as stack:
            reporter: Reporter = (
                stack.enter_context(ProgressBar(console))
                if console.is_terminal
                else LineLog(console)
            )
            if metrics is not None:
                reporter = stack.enter_context(_metrics(metrics, reporter))
            result = run_backfill(_url(context), backfill, options=options, reporter=reporter)
        _say(summary(result))


@app.command("list")
def list_backfills(context: typer.Context) -> None:
    """Show the project's backfills and how far each is."""
    with _reported(), connect(_url(context), name="list", role="status") as connection:
        console.print(overview_table(connection, load_backfills(_folder(context))))


@app.command()
def status(context: typer.Context, name: Name) -> None:
    """Show how far one backfill is; counts what is left, which reads the table once."""
    with _reported():
        backfill = _pick(context, name)
        with connect(_url(context), name=name, role="status") as connection:
            console.print(overview_table(connection, {name: backfill}, count=True))


@app.command("pause")
def pause_command(context: typer.Context, name: Name) -> None:
    """Hold a backfill after its current batch, wherever it runs."""
    with _reported(), connect(_url(context), name=name, role="pause") as connection:
        _say(pause(connection, name))


@app.command("resume")
def resume_command(context: typer.Context, name: Name) -> None:
    """Let a paused or cancelled backfill go on."""
    with _reported(), connect(_url(context), name=name, role="resume") as connection:
        _say(resume(connection, name))


@app.command("cancel")
def cancel_command(context: typer.Context, name: Name) -> None:
    """End a backfill after its current batch; what is done stays done."""
    with _reported(), connect(_url(context), name=name, role="cancel") as connection:
        _say(cancel(connection, name))
