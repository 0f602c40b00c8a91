"""Every connection to PostgreSQL that this process makes, led to one database.

An env.py may find its database by itself, and that may be the one that people work on. For a
process that is there for one run on a scratch database only: nothing is put back.
"""

import os
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, event

from migrator.errors import UsageError

# Of what a connection was to be made with, this belongs to its session and not to its server.
KEPT = frozenset({"options", "server_settings", "application_name", "client_encoding"})
# How drivers call what libpq calls dbname.
DATABASE = {"asyncpg": "database", "pg8000": "database"}


class OtherDatabaseError(UsageError):
    """Project code connects to what is no PostgreSQL."""


def redirect_connections(url: URL) -> None:
    """From here on whatever connects to PostgreSQL connects to `url`, and to nothing else."""
    server = {"host": url.host, "port": url.port, "user": url.username}

    def with_sqlalchemy(dialect: Any, _record: Any, cargs: Any, cparams: dict[str, Any]) -> None:
        if dialect.name != "postgresql":
            raise OtherDatabaseError(f"the project's code connects to {dialect.name}")
        kept = {name: value for name, value in cparams.items() if name in KEPT}
        cargs[:] = []
        cparams.clear()
        database = DATABASE.get(dialect.driver, "dbname")
        cparams.update(kept, **server, **{database: url.database})

    event.listen(Engine, "do_connect", with_sqlalchemy)
    connect = psycopg.Connection.connect

    def with_psycopg(_conninfo: str = "", **options: Any) -> Any:
        kept = {name: value for name, value in options.items() if name not in _NAMES_OF_SERVERS}
        return connect(**kept, **server, dbname=url.database)

    psycopg.connect = with_psycopg
    psycopg.Connection.connect = with_psycopg  # pyright: ignore[reportAttributeAccessIssue]
    _for_libpq(url)


_NAMES_OF_SERVERS = frozenset(
    {"host", "hostaddr", "port", "user", "password", "dbname", "service", "sslmode", "passfile"}
)


def _for_libpq(url: URL) -> None:
    """What psql and drivers written in C connect to unless they are told otherwise."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    os.environ.update(
        PGHOST=str(url.host),
        PGPORT=str(url.port),
        PGUSER=str(url.username),
        PGDATABASE=str(url.database),
        PGSSLMODE="disable",
        DATABASE_URL=url.render_as_string(hide_password=False),
    )
