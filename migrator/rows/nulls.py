"""Values where rows have none, as a backfill leaves them."""

from typing import Any

import psycopg
from psycopg import sql

from migrator.fragment import fragment
from migrator.rows.given import keys_of
from migrator.rows.values import value
from migrator.snapshot import Catalog
from migrator.snapshot.type_facts import read_own_types


def fill_nulls(connection: "psycopg.Connection[Any]", catalog: Catalog) -> None:
    """Stands in for a finished backfill: gives every NULL a generated value.

    Foreign keys are left alone, and types that nothing is known of. Raises psycopg.Error where a
    generated value is refused.
    """
    types = read_own_types(connection)
    for table in catalog.insertable().values():
        keys = {column for key in keys_of(table) for column in key.columns}
        for column in table.columns.values():
            if column.not_null or column.generated or column.identity or column.name in keys:
                continue
            expression = value(table, column, types, limits=False)
            if expression is None:
                continue
            update = sql.SQL(
                "UPDATE {0} SET {1} = {2} FROM (SELECT ctid AS place, tableoid AS part, "
                "row_number() OVER () AS g FROM {0} WHERE {1} IS NULL) numbered "
                "WHERE {0}.ctid = place AND {0}.tableoid = part"
            )
            connection.execute(
                update.format(
                    sql.Identifier(*table.schema_and_name),
                    sql.Identifier(column.name),
                    fragment(expression),
                )
            )
