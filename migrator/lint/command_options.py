"""Options that several commands share.

The drivers are imported where a database is named: linting a file must start at once.
"""

from pathlib import Path

from migrator.errors import UsageError
from migrator.postgres.server_version import parse_version
from migrator.snapshot import Catalog


def chosen_version(text: str | None) -> int | None:
    """The server version of an option, as server_version_num. Raises UsageError."""
    try:
        return parse_version(text) if text else None
    except ValueError as error:
        raise UsageError(f"--pg-version: {error}") from None


def plain_url(database_url: str) -> str:
    """The URL as libpq reads it. Raises DatabaseUrlError, which never repeats it."""
    from migrator.database import parse_url

    url = parse_url(database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def chosen_catalog(file: Path | None, database_url: str | None) -> Catalog | None:
    """The catalog of a file, of the database, or none. Raises UsageError."""
    if file is not None:
        from migrator.snapshot.file import load

        return load(file)
    return _read(database_url) if database_url else None


def _read(database_url: str) -> Catalog:
    import psycopg

    from migrator.database import DatabaseUrlError
    from migrator.snapshot.reader import read

    try:
        return read(plain_url(database_url))
    except DatabaseUrlError as error:
        raise UsageError(f"--database-url: {error}") from None
    except psycopg.Error as error:
        raise UsageError(f"the database cannot be read: {str(error).strip()}") from None
