"""Options that several commands share, and how a command refuses a wrong one."""

from pathlib import Path
from typing import NoReturn

import psycopg
import typer
from rich.console import Console
from rich.text import Text

from migrator.database import DatabaseUrlError, parse_url
from migrator.postgres.server_version import parse_version
from migrator.snapshot import Catalog, SnapshotError, load, read

USAGE_ERROR = 2


def refuse(message: str) -> NoReturn:
    """Ends the command as a usage error."""
    Console(stderr=True).print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True)
    raise typer.Exit(USAGE_ERROR)


def chosen_version(text: str | None) -> int | None:
    """The server version of an option, as server_version_num."""
    try:
        return parse_version(text) if text else None
    except ValueError as error:
        refuse(str(error))


def plain_url(database_url: str) -> str:
    """The URL as libpq reads it. Raises DatabaseUrlError, which never repeats it."""
    url = parse_url(database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def chosen_catalog(file: Path | None, database_url: str | None) -> Catalog | None:
    """The catalog of a file, of the database, or none."""
    try:
        if file is not None:
            return load(file)
        return read(plain_url(database_url)) if database_url else None
    except DatabaseUrlError as error:
        refuse(f"--database-url: {error}")
    except SnapshotError as error:
        refuse(str(error))
    except psycopg.Error as error:
        refuse(f"the database cannot be read: {str(error).strip()}")
