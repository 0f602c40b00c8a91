"""`migrator backfill …`."""

import logging
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from migrator.backfill.connection import connect
from migrator.backfill.control import cancel, pause, resume
from migrator.backfill.definition import Backfill
from migrator.backfill.failure import as_backfill_error
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
from migrator.backfill.overview import overview, overview_table
from migrator.backfill.preview import explain
from migrator.backfill.progress_bar import ProgressBar
from migrator.backfill.reporter import Reporter
from migrator.backfill.run import run_backfill
from migrator.backfill.throttle_option import parse_query, parse_throttle
from migrator.command import Format, FormatOption, out, print_json, reported, tell
from migrator.errors import UsageError
from migrator.project.contracted import not_contracted
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings

app = typer.Typer(help="Fill columns of existing rows online.", no_args_is_help=True)

DEFAULTS = RunOptions()

Name = Annotated[str, typer.Argument(help="The backfill's name.")]


def register(parent: typer.Typer) -> None:
    """Adds `backfill` to the migrator's commands."""
    parent.add_typer(app, name="backfill")


@contextmanager
def _reported() -> Iterator[None]:
    # psycopg's warnings are of what follows from an error that is raised anyway.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    with reported(
        interrupted="interrupted; the progress is kept, run it again to continue",
        translate=as_backfill_error,
    ):
        yield


def _folder(context: typer.Context) -> Path:
    settings: MigratorSettings = context.obj
    return settings.alembic_file().parent / "backfills"


def _url(context: typer.Context) -> str:
    settings: MigratorSettings = context.obj
    settings.alembic_file()  # a name that was mistyped is told before a database is asked
    return settings.url().render_as_string(hide_password=False)


def _pick(context: typer.Context, name: str) -> Backfill:
    return pick_backfill(_folder(context), name)


def _metrics(file: Path, beyond: Reporter) -> Metrics:
    try:
        return Metrics(file, beyond)
    except OSError as error:
        raise UsageError(f"--metrics: cannot write {file}: {error.strerror}") from None


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a finite number.")
    return value


@app.command()
def run(
    context: typer.Context,
    name: Name,
    batch_ms: Annotated[
        float, typer.Option(min=0.001, callback=_finite, help="How long one batch should take.")
    ] = DEFAULTS.batch_seconds * 1000,
    rest: Annotated[
        float,
        typer.Option(
            min=0,
            callback=_finite,
            help="Rest after each batch while others write, as a multiple of the batch's time.",
        ),
    ] = DEFAULTS.rest,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Connections that fill ranges of their own, one after the other while others "
            "write. Default: two for an SQL expression, one for Python code.",
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
        float,
        typer.Option(min=1, callback=_finite, help="How long a batch waits for a locked row."),
    ] = DEFAULTS.lock_timeout * 1000,
    statement_timeout_ms: Annotated[
        float, typer.Option(min=1, callback=_finite, help="How long a batch may take.")
    ] = DEFAULTS.statement_timeout * 1000,
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
        backfill = _pick(context, name)
        if if_needed and not not_contracted(Project.open(context.obj), [name]):
            tell(f"{name}: the contract revision that waits for it is applied")
            return
        if dry_run:
            with connect(_url(context), name=name, role="dry run") as connection:
                explain(connection, backfill, options, out)
            return
        with ExitStack() as stack:
            reporter: Reporter = (
                stack.enter_context(ProgressBar(out)) if out.is_terminal else LineLog(out)
            )
            if metrics is not None:
                reporter = stack.enter_context(_metrics(metrics, reporter))
            result = run_backfill(_url(context), backfill, options=options, reporter=reporter)
        tell(summary(result))


@app.command("list")
def list_backfills(context: typer.Context, output: FormatOption = Format.TEXT) -> None:
    """Show the project's backfills and how far each is."""
    with _reported(), connect(_url(context), name="list", role="status") as connection:
        backfills = overview(connection, load_backfills(_folder(context)))
    if output is Format.JSON:
        print_json([backfill.as_json() for backfill in backfills])
    else:
        out.print(overview_table(backfills))


@app.command()
def status(context: typer.Context, name: Name, output: FormatOption = Format.TEXT) -> None:
    """Show how far one backfill is; counts what is left, which reads the table once."""
    with _reported():
        backfill = _pick(context, name)
        with connect(_url(context), name=name, role="status") as connection:
            (found,) = overview(connection, {name: backfill}, count=True)
    if output is Format.JSON:
        print_json(found.as_json())
    else:
        out.print(overview_table([found]))


@app.command("pause")
def pause_command(context: typer.Context, name: Name) -> None:
    """Hold a backfill after its current batch, wherever it runs."""
    with _reported(), connect(_url(context), name=name, role="pause") as connection:
        tell(pause(connection, name))


@app.command("resume")
def resume_command(context: typer.Context, name: Name) -> None:
    """Let a paused or cancelled backfill go on."""
    with _reported(), connect(_url(context), name=name, role="resume") as connection:
        tell(resume(connection, name))


@app.command("cancel")
def cancel_command(context: typer.Context, name: Name) -> None:
    """End a backfill after its current batch; what is done stays done."""
    with _reported(), connect(_url(context), name=name, role="cancel") as connection:
        tell(cancel(connection, name))
