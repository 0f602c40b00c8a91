"""The application's tables, as a rehearsal sees them."""

from typing import Any

import psycopg

from migrator.snapshot import Catalog
from migrator.snapshot.reader import read_from

# What the migrator keeps for itself, and a rehearsal's own copies.
NOT_THE_APPLICATIONS = ("migrator", "rehearsal")


def read_application(connection: "psycopg.Connection[Any]", version_table: str) -> Catalog:
    """The catalog without what is not the application's.

    version_table: Alembic's own, with its schema if it has one.
    """
    catalog = read_from(connection)
    for table in [*catalog.tables.values()]:
        schema, name = table.schema_and_name
        if schema in NOT_THE_APPLICATIONS or version_table in (name, f"{schema}.{name}"):
            del catalog.tables[table.name]
    return catalog
