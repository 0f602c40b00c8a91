"""A history run on a scratch database: what revisions send that ask the database first."""

import contextlib
import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from sqlalchemy import URL, NullPool, create_engine, make_url
from sqlalchemy.schema import CreateSchema

from migrator.database import DATABASE_ERRORS, server_message
from migrator.errors import MigratorError, words_of
from migrator.project.connections import Guard, connections_led
from migrator.project.environment import ALEMBIC_GLOBALS, Steps, run_environment
from migrator.project.history import History
from migrator.project.history_files import read_history, revision_of
from migrator.project.limits import ENV, BrokenLimitError, limited
from migrator.project.online import RUNS_UNDER_MIGRATOR
from migrator.project.own_transactions import transactions_kept
from migrator.project.rendering import env_fault, line_of_upgrade, quiet, script_of
from migrator.project.script import Script
from migrator.project.sent import SentRecorder
from migrator.project.source_text import source_text
from migrator.project.unrun import unrun

OWN_CONNECTION = "it opens a connection of its own; what it sends over that was not judged"


@dataclass(kw_only=True, slots=True)
class Replay:
    """scripts: by revision, what each sent. stopped: the revision that failed, and why; the rest
    was not run. env_fault: why env.py could not be run, if Alembic's defaults stood in for it.
    """

    scripts: dict[str, Script] = field(default_factory=dict)
    stopped: tuple[str, str] | None = None
    env_fault: str | None = None


class _StoppedError(Exception):
    """The replay has come to its end."""


def replay(
    config_file: Path,
    x: tuple[str, ...],
    server: str,
    wanted: Collection[str],
    *,
    version_table: tuple[str | None, str],
) -> Replay:
    """Runs a history from the start up to the last of the revisions in `wanted`.

    server: the URL of a scratch server; the run gets a new database there. version_table: (schema,
    name), for an env.py that cannot be run.

    Whatever connects to PostgreSQL meanwhile connects to the new database.
    """
    url = _new_database(make_url(server))
    found = Replay()
    with ALEMBIC_GLOBALS, quiet(), connections_led(url) as guard:
        history = read_history(config_file, x=x)
        run = _Run(history, set(wanted), found, guard)
        try:
            with limited(ENV):
                _run_env(history, url, run.steps)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - env.py is the user's code
            if not run.begun:
                found.env_fault = env_fault(error)
        if not run.begun:
            with contextlib.suppress(_StoppedError):
                _run_without_env(history, url, run.steps, version_table)
    return found


def _new_database(server: URL) -> URL:
    name = f"replay_{os.getpid()}"
    engine = create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return engine.url.set(database=name, query={})


def _run_env(history: History, url: URL, steps: Steps) -> None:
    config = history.config
    config.set_main_option("sqlalchemy.url", url.render_as_string(hide_password=False))
    with create_engine(url, poolclass=NullPool).connect() as connection:
        config.attributes["connection"] = connection
        config.attributes[RUNS_UNDER_MIGRATOR] = True
        run_environment(
            config, steps, scripts=history.scripts, forced={"transaction_per_migration": True}
        )


def _run_without_env(
    history: History, url: URL, steps: Steps, version_table: tuple[str | None, str]
) -> None:
    schema, table = version_table
    environment = EnvironmentContext(_with_url(history.config, url), history.scripts, fn=steps)
    with environment, create_engine(url, poolclass=NullPool).connect() as connection:
        if schema is not None:
            connection.execute(CreateSchema(schema, if_not_exists=True))
            connection.commit()
        environment.configure(
            connection=connection,
            transaction_per_migration=True,
            version_table=table,
            version_table_schema=schema,
        )
        with environment.begin_transaction():
            environment.run_migrations()


def _with_url(config: Config, url: URL) -> Config:
    config.set_main_option("sqlalchemy.url", url.render_as_string(hide_password=False))
    return config


class _Run:
    def __init__(self, history: History, wanted: set[str], found: Replay, guard: Guard) -> None:
        self.guard = guard
        self.history = history
        self.wanted = wanted
        self.found = found
        self.begun = False
        self.recorder = SentRecorder()

    def steps(self, heads: Any, context: MigrationContext) -> Iterable[Any]:
        """The steps up to the last that is wanted, each recorded; none the second time."""
        if self.begun or context.connection is None or context.dialect.name != "postgresql":
            return
        self.begun = True
        self.recorder.attach(context)
        way = list(self.history.scripts._upgrade_revs("heads", heads))
        last = max(
            (n for n, step in enumerate(way) if step.revision.revision in self.wanted), default=-1
        )
        for step in way[: last + 1]:
            self._record(step, context)
            yield step

    def _record(self, step: RevisionStep, context: MigrationContext) -> None:
        upgrade = step.migration_fn
        revision = revision_of(step.revision)

        def recorded(**arguments: Any) -> None:
            file = str(revision.path)
            self.recorder.start(file, transactional=True)
            opened = self.guard.opened
            try:
                with (
                    limited(f"revision {revision.id}"),
                    transactions_kept(context, partial(self._own_end, context.connection)),
                ):
                    if why := unrun("upgrade", upgrade(**arguments)):
                        raise MigratorError(why)
            except BaseException as error:
                self.found.stopped = revision.id, _reason(error)
                raise _StoppedError from error
            finally:
                self.recorder.stop()
            source = source_text(revision.path)
            own = self.guard.opened > opened
            script = script_of(
                revision,
                source,
                self.recorder,
                context,
                opaque=((line_of_upgrade(revision), OWN_CONNECTION),) if own else (),
                replayed=True,
            )
            self.found.scripts[revision.id] = script

        step.migration_fn = recorded

    def _own_end(self, connection: Any, name: str, frame: FrameType) -> Any:
        """As the runner refuses it, it is not done; what is judged goes on."""
        self.recorder.own_end(name, frame)
        return connection.begin_nested() if name == "begin" else None


def _reason(error: BaseException) -> str:
    if isinstance(error, BrokenLimitError):
        return f"it {error}"
    if isinstance(error, DATABASE_ERRORS):
        return f"{type(error).__name__}: {server_message(error)}"
    return str(error) if isinstance(error, MigratorError) else words_of(error)
