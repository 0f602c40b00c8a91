"""Alembic's entry: which database, which metadata. The migrator guards what runs."""

import os
from logging.config import fileConfig

from alembic import context
from alembic.util import CommandError

from migrations.models import metadata
from migrator.database import connected, create, parse_url
from migrator.errors import MigratorError
from migrator.runner.environment import run_online

config = context.config
if config.config_file_name and config.attributes.get("configure_logging", True):
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def database_url() -> str:
    """From the environment, else from alembic.ini."""
    url = os.environ.get("DATABASE_URL") or config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("no database named: set DATABASE_URL, or sqlalchemy.url in alembic.ini")
    return url


if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        literal_binds=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
elif (given := config.attributes.get("connection")) is not None:
    run_online(context, given, target_metadata=metadata)
else:
    try:
        with connected(create(parse_url(database_url()), role="alembic")) as connection:
            run_online(context, connection, target_metadata=metadata)
    except MigratorError as error:  # for Alembic's command line, which knows only its own
        raise CommandError(str(error)) from None
