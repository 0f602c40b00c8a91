"""What a project's env.py calls."""

from typing import Any

from alembic.util import CommandError
from sqlalchemy import Connection

from migrator.database import DATABASE_ERRORS, server_message
from migrator.errors import MigratorError
from migrator.project.online import RUNS_UNDER_MIGRATOR, refuse_async
from migrator.project.settings import NO_DATABASE, SettingsError
from migrator.project.version_table import version_table_of
from migrator.runner.plain_alembic import run_guarded


def run_online(context: Any, connection: Connection, **options: Any) -> None:
    """For env.py: configures Alembic and runs the command that was given, guarded.

    context: the module `alembic.context`. options: as for `context.configure`.

    Under plain `alembic upgrade`, takes the advisory lock and tries again what lost a lock, as
    the runner otherwise does. Errors of the database are Alembic's CommandError then.
    """
    if context.config.attributes.get(RUNS_UNDER_MIGRATOR):
        if connection is None:
            raise SettingsError(NO_DATABASE.format(config=context.config.config_file_name))
        context.configure(connection=connection, **options)
        _run(context)
        return
    try:
        _run_plain(context, connection, options)
    except MigratorError as error:  # for Alembic's command line, which knows only this one
        raise CommandError(str(error)) from error
    except DATABASE_ERRORS as error:
        # Without the cause, which would carry the statement's parameters along.
        raise CommandError(server_message(error)) from None


def _run_plain(context: Any, connection: Connection, options: dict[str, Any]) -> None:
    refuse_async(connection)
    context.configure(connection=connection, transaction_per_migration=True, **options)
    if _changes_revision(context):
        version_table = version_table_of(context.get_context())
        run_guarded(context, connection, version_table=version_table)
    else:
        _run(context)


def _run(context: Any) -> None:
    with context.begin_transaction():
        context.run_migrations()


def _changes_revision(context: Any) -> bool:
    try:
        context.get_revision_argument()
    except KeyError:  # `current`, `check` and `revision` have no destination
        return False
    return True
