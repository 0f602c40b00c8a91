"""What every command is told: which Alembic project, which database."""

from __future__ import annotations

from configparser import InterpolationError
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import UsageError
from migrator.project.alembic_file import read_config, require_file
from migrator.project.aws_identity import AwsIdentity
from migrator.project.secret import read_credentials

# Slow to import, and not needed by every command.
if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import URL

NO_DATABASE = (
    "no database named: give --database-url, set DATABASE_URL, or set sqlalchemy.url in {config}"
)
DEFAULT_CONFIG = Path("migrations/alembic.ini")


class SettingsError(UsageError):
    """An option, variable or file that cannot be used; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class MigratorSettings:
    """One Alembic project and, if named, its database.

    config: path of the project's alembic.ini, or of its pyproject.toml.
    database_url: from --database-url, else the environment's DATABASE_URL; None when neither
        is given. May hold a password and is therefore left out of the repr.
    secret_arn: of the Secrets Manager secret with the user name and password for it, read
        whenever a connection is to be made. aws_region: of the secret; default: its ARN's.
        aws_identity: who reads it; default: that of the environment.
    x: what env.py finds by `context.get_x_argument()`, such as ``tenant=a``.
    """

    config: Path = DEFAULT_CONFIG
    database_url: str | None = field(default=None, repr=False)
    secret_arn: str | None = None
    aws_region: str | None = None
    aws_identity: AwsIdentity | None = None
    x: tuple[str, ...] = ()

    def alembic(self) -> Config:
        """The project's Alembic configuration. Raises AlembicFileError."""
        return read_config(self.config, x=self.x)

    def alembic_file(self) -> Path:
        """The path of alembic.ini; raises AlembicFileError if it is not there."""
        return require_file(self.config)

    def find_url(self) -> URL | None:
        """The database named by option, environment or alembic.ini; None if by none of them.

        Raises SettingsError for one that is named but cannot be used, and SecretError.
        """
        from migrator.database import DatabaseUrlError, parse_url

        text = self.database_url or self._url_in_file()
        if not text:
            return None
        try:
            return self._with_credentials(parse_url(text))
        except DatabaseUrlError as error:
            origin = (
                "--database-url, or DATABASE_URL"
                if self.database_url
                else f"{self.config}: sqlalchemy.url"
            )
            raise SettingsError(f"{origin}: {error}") from None

    def _url_in_file(self) -> str | None:
        config = self.alembic()
        try:
            return config.get_main_option("sqlalchemy.url")
        except InterpolationError:  # which would quote the URL
            raise SettingsError(
                f"{self.config}: sqlalchemy.url: write %% for each %, as in %%40 for an @"
            ) from None

    def _with_credentials(self, url: URL) -> URL:
        if self.secret_arn is None:
            return url
        username, password = read_credentials(
            self.secret_arn, region=self.aws_region, identity=self.aws_identity
        )
        return url.set(username=username, password=password)

    def url(self) -> URL:
        """As `find_url`, for a command that cannot do without a database."""
        url = self.find_url()
        if url is None:
            raise SettingsError(NO_DATABASE.format(config=self.config))
        return url
