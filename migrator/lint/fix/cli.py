"""The command `fix`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from migrator.command import Format, FormatOption, err, out, print_json, reported
from migrator.lint.command_options import (
    DatabaseUrlOption,
    chosen_catalog,
    chosen_url,
    chosen_version,
)
from migrator.lint.histories import judge_history, render_for
from migrator.postgres.server_version import LOWEST_SUPPORTED, version_number
from migrator.project.connections import connections_refused
from migrator.project.history_files import read_history
from migrator.project.limits import Limits
from migrator.project.rendering import Rendering
from migrator.project.selection import by_files
from migrator.project.settings import MigratorSettings
from migrator.project.supervised import supervised

if TYPE_CHECKING:
    from migrator.lint.fix.outcome import Fix


def register(app: typer.Typer) -> None:
    """Adds `fix` to the migrator's command line."""
    app.command("fix")(fix)


def fix(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A revision of the project (.py).")],
    write: Annotated[bool, typer.Option(help="Change the file; else only show how.")] = False,
    pg_version: Annotated[
        str | None,
        typer.Option(help=f"Server version; default: the catalog's, else {LOWEST_SUPPORTED}."),
    ] = None,
    database_url: DatabaseUrlOption = None,
    catalog: Annotated[
        Path | None, typer.Option(help="A catalog that `snapshot` wrote, to judge exactly.")
    ] = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Rewrite a revision to the safe form where that is mechanical, and show the difference.

    The difference goes to standard output, as `git apply` reads it, and what is left to standard
    error. Exit code 1 if unsafe findings are left that need thought.
    """
    # LibCST takes as long to load as all of `lint`.
    from migrator.lint.fix.revision import fix_revision

    settings: MigratorSettings = ctx.obj
    with reported():
        known = chosen_catalog(catalog, chosen_url(ctx, database_url))
        version = chosen_version(pg_version)
        version = version or (known.version if known else None) or version_number(LOWEST_SUPPORTED)

        def rendered() -> tuple[set[str], Rendering]:
            with connections_refused():
                history = read_history(settings.config, x=settings.x)
            selected = by_files(history, [file])
            return selected, render_for(history, selected, known)

        selected, rendering = supervised(rendered, Limits())
        verdict, *_ = judge_history(rendering, selected, pg_version=version, catalog=known)
        outcome = fix_revision(verdict, version=version)
        if write:
            outcome.write()
    if output is Format.JSON:
        print_json(outcome.as_json() | {"written": write and bool(outcome.fixed)})
    else:
        show(outcome, out, err, written=write)
    raise typer.Exit(1 if outcome.left else 0)


def show(outcome: "Fix", console: Console, notes: Console, *, written: bool) -> None:
    """Prints the difference to one console, and what it leaves to the other."""
    diff = outcome.diff()
    if diff and not console.is_terminal:
        console.file.write(diff)  # as it is, for `git apply`: print() makes spaces of tabs
        console.file.flush()
    elif diff:
        from rich.syntax import Syntax

        colours = Syntax("", "diff", theme="ansi_dark", background_color="default")
        console.print(colours.highlight(diff), soft_wrap=True, end="")
    else:
        notes.print("nothing here is mechanical to fix")
    for left in outcome.left:
        finding = left.finding
        text = f"left: line {finding.line} {finding.rule}: {finding.message}"
        notes.print(Text(text), soft_wrap=True)
        if left.why:
            notes.print(Text(f"  not rewritten, as {left.why}"), soft_wrap=True)
    if diff and not written:
        notes.print("nothing was changed: add --write", style="dim")
