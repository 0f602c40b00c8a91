"""The commands `lint` and `snapshot`."""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrator.command import out, reported, say, write
from migrator.errors import UsageError
from migrator.lint.command_options import (
    DatabaseUrlOption,
    chosen_catalog,
    chosen_url,
    chosen_version,
    plain_url,
    read_catalog,
)
from migrator.lint.request import Request
from migrator.lint.rules import RULES_BY_ID
from migrator.lint.run import run_request
from migrator.lint.summary_counts import Totals
from migrator.postgres.server_version import LOWEST_SUPPORTED
from migrator.project.limits import Limits
from migrator.project.settings import NO_DATABASE, MigratorSettings
from migrator.snapshot import Catalog

DEFAULT_LIMITS = Limits()


class ReportFormat(StrEnum):
    """How `lint` reports."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    MARKDOWN = "markdown"


def register(app: typer.Typer) -> None:
    """Adds `lint` and `snapshot` to the migrator's command line."""
    app.command("lint")(lint)
    app.command("snapshot")(snapshot)


def lint(
    ctx: typer.Context,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="A revision range (a:b), or files: revisions (.py) and SQL (.sql). "
            "Default: the revisions that the database or the base branch does not have.",
            show_default=False,
        ),
    ] = None,
    sql: Annotated[
        list[Path] | None, typer.Option("--sql", help="A file of plain SQL. Repeatable.")
    ] = None,
    format: Annotated[ReportFormat, typer.Option(help="Of the output.")] = ReportFormat.TEXT,  # noqa: A002
    pg_version: Annotated[
        str | None,
        typer.Option(
            help=f"Server version, such as 15 or 15.4. Default: the database's, else "
            f"{LOWEST_SUPPORTED}, the oldest that is still supported."
        ),
    ] = None,
    database_url: DatabaseUrlOption = None,
    catalog: Annotated[
        Path | None, typer.Option(help="Read the catalog from a file that `snapshot` wrote.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            help="The target branch: judge the revisions that it does not have. Default: those "
            "that the database does not have, else as with main or master.",
            show_default=False,
        ),
    ] = None,
    single_transaction: Annotated[
        bool, typer.Option(help="SQL files run in one transaction each, as with `psql -1`.")
    ] = False,
    enable: Annotated[
        list[str] | None, typer.Option(help="Also run this opt-in rule. Repeatable.")
    ] = None,
    replay: Annotated[
        bool,
        typer.Option(
            help="Run the history on a scratch PostgreSQL where a revision asks the database first."
        ),
    ] = True,
    time_limit: Annotated[
        float, typer.Option(help="Seconds that a revision's code may take.")
    ] = DEFAULT_LIMITS.seconds,
    memory_limit: Annotated[
        int, typer.Option(help="Megabytes of memory that it may take.")
    ] = DEFAULT_LIMITS.megabytes,
) -> None:
    """Judge schema changes: locks, rewrites, scans, and what breaks the running application.

    Exit code 1 if any unsafe finding is not acknowledged, 2 for a usage error.
    """
    settings: MigratorSettings = ctx.obj
    with reported():
        _refuse_unknown_rules(enable or ())
        if targets or sql:  # of the project itself, the database is asked in any case
            database_url = chosen_url(ctx, database_url)
        known, note = chosen_catalog(catalog, database_url), None
        url = plain_url(database_url) if database_url else None
        own = not (targets or sql or catalog or database_url)
        if own:
            known, url, note = _own_database(settings)
        totals = run_request(
            Request(
                config=settings.config,
                x=settings.x,
                targets=tuple(targets or ()),
                sql=tuple(sql or ()),
                version=chosen_version(pg_version),
                database_url=url,
                own_database=own,
                catalog=known,
                note=note,
                base=base,
                single_transaction=single_transaction,
                enabled=frozenset(enable or ()),
                limits=_limits(time_limit, memory_limit),
                replay=replay,
            )
        )
    report(totals, format)
    raise typer.Exit(1 if totals.failed else 0)


def _limits(seconds: float, megabytes: int) -> Limits:
    """Raises UsageError, which names the option."""
    try:
        return Limits(seconds=seconds, megabytes=megabytes)
    except UsageError as error:
        name, _, reason = str(error).partition(":")
        option = "--time-limit" if name == "seconds" else "--memory-limit"
        raise UsageError(f"{option}:{reason}") from None


def _refuse_unknown_rules(names: Iterable[str]) -> None:
    for name in names:
        if name not in RULES_BY_ID:
            raise UsageError(f"--enable: there is no rule {name!r}; docs/lint-rules.md lists them")


def _own_database(settings: MigratorSettings) -> tuple[Catalog | None, str | None, str | None]:
    """The catalog and URL of the project's own database, if it answers; else a note why not."""
    named = settings.find_url()
    if named is None:
        return None, None, None
    import psycopg

    from migrator.snapshot.reader import read

    url = named.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        return read(url), url, None
    except psycopg.Error as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0]
        return None, None, f"the project's database cannot be read ({reason})"


def report(totals: Totals, chosen: ReportFormat) -> None:
    """Prints totals to standard output. Only the format that is chosen is imported."""
    match chosen:
        case ReportFormat.TEXT:
            from migrator.lint.output.text import print_text

            print_text(totals, out)
        case ReportFormat.JSON:
            from migrator.lint.output.json_report import json_report

            write(json_report(totals) + "\n")
        case ReportFormat.GITHUB:
            from migrator.lint.output.github import github_report

            write(github_report(totals) + "\n")
        case ReportFormat.SARIF:
            from migrator.lint.output.sarif import sarif_report

            write(sarif_report(totals) + "\n")
        case ReportFormat.MARKDOWN:
            from migrator.lint.output.markdown import markdown_report

            write(markdown_report(totals) + "\n")


def snapshot(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where to write the snapshot (JSON).")],
    database_url: DatabaseUrlOption = None,
) -> None:
    """Save a database's catalog, so that `lint --catalog` is exact without the database.

    It holds names, types, defaults, the text of CHECK constraints and sizes; no rows, and no
    statistics but the share of NULLs.
    """
    from migrator.snapshot.file import save

    settings: MigratorSettings = ctx.obj
    with reported():
        if not (database_url or settings.database_url or settings.config.is_file()):
            raise UsageError(NO_DATABASE.format(config=settings.config))
        found = read_catalog(database_url) if database_url else read_catalog(settings.url())
        try:
            save(found, file)
        except OSError as error:
            raise UsageError(f"cannot write {file}: {error.strerror}") from None
    say(f"{len(found.tables)} relations written to {file}")
