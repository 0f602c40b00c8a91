"""One Alembic project at one database, as the runner works on it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine

from migrator.database import (
    RefusedError,
    UnreachableError,
    connected,
    create,
    driver_connection,
    server_message,
    sqlstate,
)
from migrator.project.history import History, load
from migrator.project.settings import MigratorSettings
from migrator.runner.environment import Standing, Steps, observe, run_environment
from migrator.runner.errors import DATABASE_ERRORS
from migrator.runner.guard import StatementGuard
from migrator.runner.journal import HalfApplied, find_half_applied


@dataclass(frozen=True, kw_only=True)
class Project:
    """The files and the way to the database.

    engine: None when no URL is named and env.py knows the database by itself.
    """

    settings: MigratorSettings
    history: History
    engine: Engine | None

    @classmethod
    def open(cls, settings: MigratorSettings) -> "Project":
        """Reads the files; does not connect. Raises SettingsError or HistoryError."""
        url = settings.find_url()
        return cls(
            settings=settings,
            history=load(settings.alembic_file()),
            engine=create(url, role="revision") if url is not None else None,
        )

    def observe(self) -> Standing:
        """Where the database stands now. Raises UnreachableError and RefusedError."""
        with self._reading() as connection:
            return observe(self._config(), connection)

    def half_applied(self, standing: Standing) -> list[HalfApplied]:
        """What an interrupted or failed run left to be finished, as env.py's session sees it.

        Raises UnreachableError and RefusedError.
        """
        found: list[HalfApplied] = []

        def look(_heads: Any, context: MigrationContext) -> Iterable[Any]:
            if context.connection is not None:
                driver = driver_connection(context.connection)
                found.extend(find_half_applied(driver, standing.version_table))
            return ()

        with self._reading() as connection:
            run_environment(self._config(), connection, StatementGuard(), look, dont_mutate=True)
        return found

    def run(self, guard: StatementGuard, steps: Steps) -> None:
        """Runs env.py once, on a fresh connection."""
        with self._connection() as connection:
            run_environment(self._config(), connection, guard, steps)

    def _config(self) -> Config:
        config = self.settings.alembic()
        if self.engine is not None:
            # Kept in memory, for an env.py that reads the URL rather than the connection.
            rendered = self.engine.url.render_as_string(hide_password=False)
            config.set_main_option("sqlalchemy.url", rendered.replace("%", "%%"))
        return config

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        try:
            with self._connection() as connection:
                yield connection
        except DATABASE_ERRORS as error:
            if sqlstate(error):
                raise RefusedError(error) from None
            # Of an env.py that connects by itself.
            raise UnreachableError(f"cannot connect: {server_message(error)}") from None

    @contextmanager
    def _connection(self) -> Iterator[Connection | None]:
        if self.engine is None:
            yield None
            return
        with connected(self.engine) as connection:
            yield connection
