"""Runs a project's env.py with a guard on the connection that it makes."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from migrator.database import server_message
from migrator.errors import MigratorError
from migrator.project.kept_logging import KeptLogging
from migrator.runner.advisory_lock import AdvisoryLock
from migrator.runner.errors import DATABASE_ERRORS
from migrator.runner.guard import StatementGuard

Steps = Callable[[Any, MigrationContext], Iterable[Any]]

_RUNS_UNDER_RUNNER = "groundwork.runner"
# `alembic.context` and `alembic.op` are one per process, and a Pulumi provider has threads.
ALEMBIC_GLOBALS = threading.RLock()
ASYNC_REFUSED = """\
env.py connects through an async engine, which the migrator does not support: name the database \
with --database-url or DATABASE_URL, and let env.py use the connection that it is given:

    given = config.attributes.get("connection")
    if given is not None:
        do_run_migrations(given)
    else:
        asyncio.run(run_async_migrations())"""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a database stands, and how env.py connects to it.

    revision: None before the first.
    version_table: with its schema if it has one.
    """

    engine: Engine
    version_table: str
    revision: str | None

    @property
    def lock(self) -> AdvisoryLock:
        """The lock that every migrator of this database takes."""
        return AdvisoryLock(engine=self.engine, version_table=self.version_table)


def run_environment(
    config: Config,
    connection: Connection | None,
    guard: StatementGuard,
    steps: Steps,
    **options: Any,
) -> None:
    """Runs env.py once; `steps` chooses what is done, as Alembic's commands do.

    connection: handed to env.py as `config.attributes["connection"]`; None lets it connect.
    """
    script = ScriptDirectory.from_config(config)
    config.attributes["connection"] = connection
    config.attributes[_RUNS_UNDER_RUNNER] = True
    config.attributes["configure_logging"] = False
    # Most env.py heed only the file's name, and older ones need it.
    logging = KeptLogging.take()
    environment = EnvironmentContext(config, script, fn=steps, **options)
    configure = environment.configure

    def guarded(*arguments: Any, **keywords: Any) -> None:
        logging.restore()  # for what is said while the revisions run
        configure(*arguments, **{**keywords, "transaction_per_migration": True})
        context = environment.get_context()
        _refuse_async(context.connection)
        guard.attach(context, _version_table(context))

    # env.py calls this through `alembic.context`, which looks only at the instance.
    environment.configure = guarded
    with ALEMBIC_GLOBALS, guard, environment:
        try:
            script.run_env()
        finally:
            logging.restore()


def observe(config: Config, connection: Connection | None) -> Standing:
    """Asks the database where it stands; changes nothing."""
    seen: list[Standing] = []

    def look(heads: Any, context: MigrationContext) -> Iterable[Any]:
        if context.connection is None:
            raise MigratorError("env.py gave Alembic no connection; does it run offline?")
        seen.append(
            Standing(
                engine=context.connection.engine,
                version_table=_version_table(context),
                revision=_only(heads),
            )
        )
        return ()

    run_environment(config, connection, StatementGuard(), look, dont_mutate=True)
    if not seen:
        raise MigratorError("env.py ran no migrations; does it call context.run_migrations()?")
    return seen[0]


def script_of(context: MigrationContext) -> ScriptDirectory:
    """The script directory that a context works on."""
    if context.script is None:
        raise MigratorError("Alembic's context has no script directory")
    return context.script


def run_online(context: Any, connection: Connection, **options: Any) -> None:
    """For env.py: configures Alembic and runs the command that was given, guarded.

    context: the module `alembic.context`. options: as for `context.configure`.

    Under plain `alembic upgrade`, takes the advisory lock and tries again what lost a lock, as
    the runner otherwise does. Errors of the database are Alembic's CommandError then.
    """
    if context.config.attributes.get(_RUNS_UNDER_RUNNER):
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
    from migrator.runner.plain_alembic import run_guarded  # it imports this module

    _refuse_async(connection)
    context.configure(connection=connection, transaction_per_migration=True, **options)
    if _changes_revision(context):
        version_table = _version_table(context.get_context())
        run_guarded(context, connection, version_table=version_table)
    else:
        _run(context)


def _run(context: Any) -> None:
    with context.begin_transaction():
        context.run_migrations()


def _refuse_async(connection: Connection | None) -> None:
    """Raises MigratorError for a connection that cannot be guarded."""
    if connection is not None and connection.dialect.is_async:
        raise MigratorError(ASYNC_REFUSED)


def _changes_revision(context: Any) -> bool:
    try:
        context.get_revision_argument()
    except KeyError:  # `current`, `check` and `revision` have no destination
        return False
    return True


def _version_table(context: MigrationContext) -> str:
    """With its schema unless that is public, as env.py names it or its session's search_path."""
    schema = context.version_table_schema
    if schema is None and context.connection is not None:
        schema = _current_schema(context.connection)
    return (
        context.version_table if schema in (None, "public") else f"{schema}.{context.version_table}"
    )


def _current_schema(connection: Connection) -> str | None:
    began = not connection.in_transaction()
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
    if began:
        connection.rollback()
    return schema


def _only(heads: tuple[str, ...]) -> str | None:
    if len(heads) > 1:
        raise MigratorError(
            f"the database is at {len(heads)} revisions at once ({', '.join(sorted(heads))}); "
            "a linear history has one: `alembic stamp` the right one"
        )
    return heads[0] if heads else None
