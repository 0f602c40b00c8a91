"""The command line: global options here, each group of commands beside what it commands."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from migrator.settings import DEFAULT_CONFIG, MigratorSettings

# Each module has `register(app: typer.Typer) -> None`. A command reads its settings
# from `context.obj`, a MigratorSettings.
COMMAND_MODULES = (
    "migrator.runner.cli",
    "migrator.lint.cli",
    "migrator.trace.cli",
    "migrator.backfill.cli",
    "migrator.rehearse.cli",
)

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


def _register() -> None:
    for module in COMMAND_MODULES:
        package = module.rsplit(".", 1)[0]
        if find_spec(package) is not None and find_spec(module) is not None:
            import_module(module).register(app)


_register()
