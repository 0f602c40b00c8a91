"""`migrator rehearse`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from migrator.command import out, reported, say, write
from migrator.errors import UsageError
from migrator.rehearse.formats import TEXTS, print_text
from migrator.rehearse.rehearsal import rehearse
from migrator.scratch import ending_on_sigterm, pick_binaries


class ReportFormat(StrEnum):
    """Of the report."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds `rehearse` to the migrator's commands."""
    app.command("rehearse")(rehearse_command)


def rehearse_command(
    context: typer.Context,
    revisions: Annotated[
        list[str] | None,
        typer.Argument(help="Revisions to rehearse; the others are only applied. Default: all."),
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Generated rows a table.")] = 200,
    pg_version: Annotated[
        int | None, typer.Option(help="Major version of the scratch server. Default: newest.")
    ] = None,
    output_format: Annotated[
        ReportFormat, typer.Option("--format", help="Of the report.")
    ] = ReportFormat.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the report to this file.")
    ] = None,
) -> None:
    """Take revisions up, down and up again on generated data, in a scratch database.

    After down the schema must be what it was, data must survive, and the statements in
    probes/<release>/*.sql must work wherever that release runs. Exit code 1 if anything fails.
    """
    with reported(), ending_on_sigterm():
        if output is not None and not output.parent.is_dir():
            raise UsageError(f"--output: {output} cannot be written: there is no {output.parent}")
        rehearsal = rehearse(
            context.obj,
            only=revisions or (),
            rows=rows,
            binaries=None if pg_version is None else pick_binaries(pg_version),
            say=lambda line: say(line, style="dim"),
        )
    if output_format is ReportFormat.TEXT:
        if output is None:
            print_text(rehearsal, out)
        else:
            with output.open("w", encoding="utf-8") as stream:
                print_text(rehearsal, Console(file=stream, width=160))
    else:
        text = TEXTS[output_format](rehearsal)
        if output is None:
            write(text)
        else:
            output.write_text(text, encoding="utf-8")
    if not rehearsal.ok:
        raise typer.Exit(1)
