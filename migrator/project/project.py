"""One Alembic project at one database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic.config import Config
from sqlalchemy import Connection, Engine

from migrator.database import (
    DATABASE_ERRORS,
    RefusedError,
    UnreachableError,
    connected,
    create,
    server_message,
    sqlstate,
)
from migrator.project.environment import Steps
from migrator.project.history import LinearHistory
from migrator.project.history_files import read_linear_history
from migrator.project.online import Standing, observe, run_online_environment
from migrator.project.settings import MigratorSettings


@dataclass(frozen=True, kw_only=True)
class Project:
    """The files and the way to the database.

    engine: None when no URL is named and env.py knows the database by itself.
    """

    settings: MigratorSettings
    history: LinearHistory
    engine: Engine | None

    @classmethod
    def open(cls, settings: MigratorSettings) -> "Project":
        """Reads the files; does not connect. Raises SettingsError or HistoryError."""
        url = settings.find_url()
        return cls(
            settings=settings,
            history=read_linear_history(settings.alembic_file(), x=settings.x),
            engine=create(url, role="revision") if url is not None else None,
        )

    def observe(self) -> Standing:
        """Where the database stands now. Raises UnreachableError and RefusedError."""
        with self._reading() as connection:
            return observe(self.config(), connection)

    def look(self, steps: Steps) -> None:
        """Runs env.py once to look at the database. Raises UnreachableError and RefusedError."""
        with self._reading() as connection:
            run_online_environment(self.config(), connection, steps, dont_mutate=True)

    def url(self) -> str:
        """The database's URL, with its password. Raises SettingsError if none is named."""
        url = self.engine.url if self.engine is not None else self.settings.url()
        return url.render_as_string(hide_password=False)

    def config(self) -> Config:
        """Alembic's configuration, which names this database."""
        config = self.settings.alembic()
        if self.engine is not None:
            # Kept in memory, for an env.py that reads the URL rather than the connection.
            rendered = self.engine.url.render_as_string(hide_password=False)
            config.set_main_option("sqlalchemy.url", rendered.replace("%", "%%"))
        return config

    @contextmanager
    def connection(self) -> Iterator[Connection | None]:
        """A connection for the length of the block; None where env.py connects by itself."""
        if self.engine is None:
            yield None
            return
        with connected(self.engine) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        try:
            with self.connection() as connection:
                yield connection
        except DATABASE_ERRORS as error:
            if sqlstate(error):
                raise RefusedError(error) from None
            # Of an env.py that connects by itself.
            raise UnreachableError(f"cannot connect: {server_message(error)}") from None
