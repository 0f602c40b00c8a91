"""The command `trace`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from migrator.command import Format, FormatOption, out, print_json, reported
from migrator.project.branch import new_revisions
from migrator.project.connections import connections_refused
from migrator.project.history_files import read_history
from migrator.project.limits import Limits
from migrator.project.rendering import render
from migrator.project.script import Script
from migrator.project.selection import by_files, in_range
from migrator.project.settings import MigratorSettings
from migrator.project.sql_file import read_script, read_text
from migrator.project.supervised import supervised
from migrator.scratch import ending_on_sigterm
from migrator.trace.session import Trace, TracedStep, scratch_server, trace_scripts

DEFAULT_ROWS = 10_000


def register(app: typer.Typer) -> None:
    """Adds `trace` to the migrator's command line."""
    app.command("trace")(trace)


def trace(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="A revision range (a:b), or files: revisions (.py) and SQL (.sql). "
            "Default: the revisions that the base branch does not have, else all.",
            show_default=False,
        ),
    ] = None,
    sql: Annotated[
        list[Path] | None, typer.Option("--sql", help="A file of plain SQL. Repeatable.")
    ] = None,
    setup: Annotated[
        list[Path] | None,
        typer.Option(help="SQL to run before, such as a dump of the schema. Repeatable."),
    ] = None,
    rows: Annotated[
        int, typer.Option(min=1, help="Rows to generate for each empty table.")
    ] = DEFAULT_ROWS,
    pg_version: Annotated[
        int | None, typer.Option(help="Major version of the server; default: the newest here.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(help="The target branch, for the default range. Default: main or master."),
    ] = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
) -> None:
    """Run schema changes on a scratch PostgreSQL and report what they lock, rewrite and scan.

    Earlier revisions run first, and empty tables are filled. Exit code 1 if a statement
    fails or does something else than lint claims.
    """
    settings: MigratorSettings = ctx.obj
    with reported():
        scripts, traced = supervised(
            lambda: _scripts(settings, targets or [], sql or [], base), Limits()
        )
        texts = tuple(read_text(file) for file in setup or ())
        with ending_on_sigterm(), scratch_server(pg_version) as server:
            result = trace_scripts(server, scripts, traced=traced, rows=rows, setup=texts)
    if format is Format.JSON:
        print_json(_as_json(result))
    else:
        _print(result, out)
    raise typer.Exit(1 if result.failed else 0)


def _scripts(
    settings: MigratorSettings, targets: list[str], sql: list[Path], base: str | None
) -> tuple[list[Script], set[str]]:
    """All that must run, in order, and the files of what is to be traced."""
    sql_files = [*sql, *(Path(target) for target in targets if target.endswith(".sql"))]
    others = [target for target in targets if not target.endswith(".sql")]
    scripts: list[Script] = []
    traced: set[str] = set()
    if others or not sql_files:
        with connections_refused():
            history = read_history(settings.config, x=settings.x)
        selected = by_files(history, [Path(t) for t in others if t.endswith(".py")])
        for revisions in (t for t in others if not t.endswith(".py")):
            selected |= in_range(history, revisions)
        if not others:
            new, _ = new_revisions(history, base)
            selected = new or history.ids
        rendered = render(history).scripts
        last = max((i for i, s in enumerate(rendered) if s.revision in selected), default=-1)
        scripts += rendered[: last + 1]
        traced |= {script.file for script in scripts if script.revision in selected}
    for file in sql_files:
        scripts.append(read_script(file))
        traced.add(str(file))
    return scripts, traced


def _as_json(result: Trace) -> dict[str, Any]:
    return {
        "server": result.server,
        "rows": result.rows,
        "statements": [_step_as_json(step) for step in result.steps],
        "unfilled": [asdict(entry) for entry in result.unfilled],
    }


def _step_as_json(step: TracedStep) -> dict[str, Any]:
    measured = asdict(step.measured)
    del measured["held"], measured["empty"]
    return {
        "file": step.script.file,
        "line": step.line,
        "revision": step.script.revision,
        **measured,
        "differences_from_lint": step.differences,
    }


def _print(result: Trace, console: Console) -> None:
    table = Table(title=f"{result.server}, {result.rows:,} rows a table", title_justify="left")
    for heading in ("where", "statement", "locks", "rewrote", "scanned"):
        table.add_column(heading, overflow="fold")
    table.add_column("ms", justify="right")
    table.add_column("as lint says", overflow="fold")
    for step in result.steps:
        table.add_row(*_cells(step))
    console.print(table)
    for entry in result.unfilled:
        console.print(
            Text(f"{entry.table} stayed empty, so that its scans cannot be seen: {entry.reason}"),
            style="yellow",
        )


def _cells(step: TracedStep) -> list[Text]:
    measured = step.measured
    where = step.script.revision or Path(step.script.file).name
    if measured.error:
        verdict = Text(measured.error, style="bold red")
    elif step.differences is None:
        verdict = Text("no claim", style="dim")
    elif step.differences:
        verdict = Text("\n".join(step.differences), style="red")
    else:
        verdict = Text("yes", style="green")
    locks = "\n".join(f"{lock.mode} on {lock.relation}" for lock in measured.locks)
    return [
        Text(f"{where}:{step.line}", style="dim"),
        Text(" ".join(measured.sql.split())),
        Text(locks),
        Text("\n".join(measured.rewrites), style="red"),
        Text("\n".join(measured.scans), style="yellow"),
        Text(f"{measured.seconds * 1000:.1f}"),
        verdict,
    ]
