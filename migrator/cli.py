"""The command line: global options here, each group of commands beside what it commands."""

from pathlib import Path
from typing import Annotated

import typer

from migrator.backfill import cli as backfill
from migrator.lint import cli as lint
from migrator.project.settings import DEFAULT_CONFIG, MigratorSettings
from migrator.rehearse import cli as rehearse
from migrator.runner import cli as runner
from migrator.trace import cli as trace

app = typer.Typer(
    name="migrator",
    help="Alembic migrations on PostgreSQL without downtime.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold a database password
)


@app.callback()
def settings(
    context: typer.Context,
    config: Annotated[
        Path, typer.Option("--config", "-c", help="The project's alembic.ini.")
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
) -> None:
    """Reads the options that all commands share."""
    context.obj = MigratorSettings(config=config, database_url=database_url, secret_arn=secret_arn)


# A command reads its settings from `context.obj`, a MigratorSettings.
for commands in (runner, lint, trace, rehearse, backfill):
    commands.register(app)
