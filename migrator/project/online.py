"""env.py on a database: what it is told, and where the database stands."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine

from migrator.database import DATABASE_ERRORS, driver_connection, refuse_pooled
from migrator.errors import MigratorError, UsageError, words_of
from migrator.process_end import TerminatedError
from migrator.project.async_environment import in_place_of_async, refuse_async
from migrator.project.environment import Steps, run_environment
from migrator.project.one_database import OneDatabase, refuse_own_commits
from migrator.project.version_table import (
    Write,
    longest_id,
    refusals,
    version_relation_of,
    version_table_of,
)

# Tells `migrator.runner.environment.run_online` that the migrator itself is at work.
RUNS_UNDER_MIGRATOR = "groundwork.runner"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a database stands, and how env.py connects to it.

    revision: None before the first.
    version_table: with its schema if it has one. version_relation: its schema, if the session finds
        or is told one, and its name.
    longest_id: how many characters of a revision's id the version table takes; None for any number.
    refused: what env.py's session may not do to the version table, and why.
    transaction_open: whether env.py has begun a transaction, which is its own to commit.
    """

    engine: Engine
    version_table: str
    version_relation: tuple[str | None, str]
    revision: str | None
    longest_id: int | None
    refused: Mapping[Write, str]
    transaction_open: bool

    def require(self, *writes: Write) -> None:
        """Raises UsageError if the version table cannot be made, or one of these not be done."""
        for each in ("CREATE", *writes):
            if each in self.refused:
                raise UsageError(self.refused[each])


def run_online_environment(
    config: Config,
    connection: Connection | None,
    steps: Steps,
    *,
    configured: Callable[[MigrationContext], None] | None = None,
    **options: Any,
) -> None:
    """Runs env.py once on a database; `steps` chooses what is done, as Alembic's commands do.

    connection: handed to env.py as `config.attributes["connection"]`; None lets it connect.
    configured: told of the context that env.py configured, before any step.
    """
    config.attributes["connection"] = connection
    config.attributes[RUNS_UNDER_MIGRATOR] = True

    begun = False
    one = OneDatabase()

    def check(context: MigrationContext) -> None:
        nonlocal begun
        begun = True
        one.configured(context)
        refuse_own_commits(context)
        refuse_async(context.connection)
        _refuse_unfit(context)
        if configured is not None:
            configured(context)

    try:
        run_environment(
            config,
            one.only(steps),
            forced={"transaction_per_migration": True},
            adapted=lambda given: in_place_of_async(given, connection),
            configured=check,
            **options,
        )
    except (KeyboardInterrupt, TerminatedError):
        raise
    except SystemExit as error:
        raise UsageError(f"env.py or a revision ended the process: {error}") from None
    except BaseException as error:
        if isinstance(error, (MigratorError, *DATABASE_ERRORS)):
            raise
        if begun and isinstance(error, Exception):
            raise
        raise UsageError(f"{_place_in_env(error)}: {words_of(error)}") from error
    if one.refusal is not None:  # and env.py has caught it
        raise one.refusal


def _refuse_unfit(context: MigrationContext) -> None:
    """Raises UsageError for a context that cannot ask or run anything, or only through a pooler."""
    if context.connection is not None:
        refuse_pooled(driver_connection(context.connection))
    elif not context.as_sql:
        raise UsageError(
            "env.py gives context.configure() a dialect and no connection, so that nothing can be"
            " asked or run: give it `connection=`"
        )


def _place_in_env(error: BaseException) -> str:
    """The file env.py and the line in it that an error came from."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((each for each in reversed(frames) if each.filename.endswith("env.py")), None)
    return f"{last.filename}:{last.lineno}" if last else "env.py"


def observe(config: Config, connection: Connection | None) -> Standing:
    """Asks the database where it stands; changes nothing."""
    seen: list[Standing] = []

    def look(heads: Any, context: MigrationContext) -> Iterable[Any]:
        if context.connection is None:
            raise UsageError("env.py gave Alembic no connection; does it run offline?")
        seen.append(
            Standing(
                engine=context.connection.engine,
                version_table=version_table_of(context),
                version_relation=version_relation_of(context),
                revision=_only_head(heads),
                longest_id=longest_id(context, context.connection),
                refused=refusals(context, context.connection),
                transaction_open=context._in_external_transaction,
            )
        )
        return ()

    run_online_environment(config, connection, look, dont_mutate=True)
    if not seen:
        raise UsageError("env.py ran no migrations; does it call context.run_migrations()?")
    return seen[0]


def _only_head(heads: tuple[str, ...]) -> str | None:
    if len(heads) > 1:
        raise UsageError(
            f"the database is at {len(heads)} revisions at once ({', '.join(sorted(heads))}); "
            "a linear history has one: `alembic stamp` the right one"
        )
    return heads[0] if heads else None
