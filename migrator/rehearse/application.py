"""The application's tables, as a rehearsal sees them."""

from typing import Any

import psycopg

from migrator.snapshot import Catalog
from migrator.snapshot.reader import read_from

# What the migrator keeps for itself, and a rehearsal's own copies.
NOT_THE_APPLICATIONS = ("migrator", "rehearsal")


def read_application(
    connection: "psycopg.Connection[Any]", version_table: tuple[str | None, str]
) -> Catalog:
    """The catalog without what is not the application's.

    version_table: schema and name of Alembic's own; None for any schema.
    """
    own_schema, own_name = version_table
    catalog = read_from(connection)
    for table in [*catalog.tables.values()]:
        schema, name = table.schema_and_name
        is_own = name == own_name and own_schema in (schema, None)
        if schema in NOT_THE_APPLICATIONS or is_own:
            del catalog.tables[table.name]
    return catalog
