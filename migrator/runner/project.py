"""One Alembic project at one database, as the runner works on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from migrator.database import (
    RefusedError,
    UnreachableError,
    connected,
    create,
    server_message,
    sqlstate,
)
from migrator.history import History, load
from migrator.runner.environment import Standing, Steps, observe, run_environment
from migrator.runner.errors import DATABASE_ERRORS
from migrator.runner.guard import StatementGuard
from migrator.runner.index_care import quoted
from migrator.settings import MigratorSettings


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
        try:
            with self._connection() as connection:
                return observe(self._config(), connection)
        except DATABASE_ERRORS as error:
            if sqlstate(error):
                raise RefusedError(error) from None
            # Of an env.py that connects by itself.
            raise UnreachableError(f"cannot connect: {server_message(error)}") from None

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
    def _connection(self) -> Iterator[Connection | None]:
        if self.engine is None:
            yield None
            return
        with connected(self.engine) as connection:
            yield connection


def current_revision(connection: Connection, standing: Standing) -> str | None:
    """The revision in the version table right now."""
    name = quoted(standing.version_table)
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is None:
        return None
    return connection.scalar(text(f"SELECT version_num FROM {name}"))  # noqa: S608
