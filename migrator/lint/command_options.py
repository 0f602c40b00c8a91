"""Options that several commands share.

The drivers are imported where a database is named: linting a file must start at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.errors import UsageError
from migrator.postgres.server_version import parse_version
from migrator.snapshot import Catalog

if TYPE_CHECKING:
    from sqlalchemy import URL


DatabaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        help="Read the catalog from this database. An option is seen by every user of the machine: "
        "name a database with a password by DATABASE_URL and `snapshot`.",
        show_default=False,
    ),
]


def chosen_url(ctx: typer.Context, own: str | None) -> str | None:
    """The database that the command line names, after the command or before it.

    The environment's is not meant: who judges a file need not wait for a server.
    """
    before = ctx.find_root()
    source = before.get_parameter_source("database_url")
    given = source is not None and source.name == "COMMANDLINE"
    return own or (before.params["database_url"] if given else None)


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
    return read_catalog(database_url) if database_url else None


def read_catalog(database_url: "str | URL") -> Catalog:
    """The catalog of a database. Raises UsageError."""
    import psycopg

    from migrator.database import DatabaseUrlError, describe, parse_url
    from migrator.snapshot.reader import read

    try:
        url = parse_url(database_url) if isinstance(database_url, str) else database_url
    except DatabaseUrlError as error:
        raise UsageError(f"--database-url: {error}") from None
    try:
        return read(url.set(drivername="postgresql").render_as_string(hide_password=False))
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        if error.sqlstate is None:  # the server said nothing at all
            raise UsageError(f"cannot connect to {describe(url)}: {reason}") from None
        raise UsageError(f"the database cannot be read: {reason}") from None
