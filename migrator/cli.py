"""The command line: options of all commands here, each command beside what it commands."""

from pathlib import Path
from typing import Annotated

import typer

from migrator.command import say
from migrator.lazy_commands import LazyCommand, LazyGroup
from migrator.project.settings import DEFAULT_CONFIG, MigratorSettings
from migrator.project.unread import unread_settings


class Commands(LazyGroup):
    """The migrator's commands; each reads its settings from `context.obj`, a MigratorSettings."""

    known = (
        LazyCommand(
            "upgrade",
            "migrator.runner.cli",
            "Apply revisions, up to the first contract revision that is not approved.",
        ),
        LazyCommand(
            "downgrade", "migrator.runner.cli", "Undo the revisions after REVISION, newest first."
        ),
        LazyCommand(
            "status",
            "migrator.runner.cli",
            "Show where the database stands, what is pending, and what that waits for.",
        ),
        LazyCommand(
            "history",
            "migrator.runner.cli",
            "List all revisions; those that the database has are marked, if one is named.",
        ),
        LazyCommand(
            "lint",
            "migrator.lint.cli",
            "Judge schema changes: locks, rewrites, scans, and what breaks the running "
            "application.",
        ),
        LazyCommand(
            "snapshot",
            "migrator.lint.cli",
            "Save a database's catalog, so that `lint --catalog` is exact without the database.",
        ),
        LazyCommand(
            "fix",
            "migrator.lint.fix.cli",
            "Rewrite a revision to the safe form where that is mechanical, and show the "
            "difference.",
        ),
        LazyCommand(
            "trace",
            "migrator.trace.cli",
            "Run schema changes on a scratch PostgreSQL and report what they lock, rewrite and "
            "scan.",
        ),
        LazyCommand(
            "rehearse",
            "migrator.rehearse.cli",
            "Take revisions up, down and up again on generated data, in a scratch database.",
        ),
        LazyCommand("backfill", "migrator.backfill.cli", "Fill columns of existing rows online."),
    )


app = typer.Typer(
    name="migrator",
    cls=Commands,
    help="Alembic migrations on PostgreSQL without downtime.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold a database password
)


@app.callback()
def settings(
    context: typer.Context,
    config: Annotated[
        Path, typer.Option("--config", "-c", help="The project's alembic.ini or pyproject.toml.")
    ] = DEFAULT_CONFIG,
    database_url: Annotated[
        str | None,
        typer.Option(
            envvar="DATABASE_URL",
            show_envvar=True,
            help="PostgreSQL URL; default: sqlalchemy.url of alembic.ini. An option is seen by "
            "every user of the machine: pass a password in the environment.",
        ),
    ] = None,
    secret_arn: Annotated[
        str | None,
        typer.Option(
            envvar="DATABASE_SECRET_ARN",
            show_envvar=True,
            help="AWS Secrets Manager secret with the user name and password for the database.",
        ),
    ] = None,
    x: Annotated[
        list[str] | None,
        typer.Option("-x", help="What env.py finds by context.get_x_argument(). Repeatable."),
    ] = None,
) -> None:
    """Reads the options that all commands share."""
    for line in unread_settings(config):
        say(f"note: {line}", style="yellow")
    context.obj = MigratorSettings(
        config=config, database_url=database_url, secret_arn=secret_arn, x=tuple(x or ())
    )
