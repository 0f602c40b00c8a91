"""The types of a table's columns, as casts need them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillError


class ColumnType(NamedTuple):
    """A column's type; `loose`: without length or precision, for a cast to those would cut.

    default: of the column, in SQL, where that is a constant; else NULL.
    """

    loose: str
    exact: str
    default: str


# As PostgreSQL writes a default that is a constant.
_CONSTANT = r"^('([^']|'')*'|[\d.]+|true|false)(::[^']+)?$"
_COLUMNS = """
SELECT a.attname::text, format_type(a.atttypid, -1), format_type(a.atttypid, a.atttypmod),
       CASE WHEN pg_get_expr(d.adbin, d.adrelid) ~ %s THEN pg_get_expr(d.adbin, d.adrelid) END
FROM pg_attribute a
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated = ''
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
"""


def column_types(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    table: sql.Identifier,
    columns: Iterable[Iterable[str]],
) -> dict[str, ColumnType]:
    """The types of a table's columns. BackfillError if one of `columns` is none of them."""
    place = table.as_string(connection)
    rows = connection.execute(_COLUMNS, (_CONSTANT, place)).fetchall()
    types = {
        name: ColumnType(loose, exact, default or "NULL") for name, loose, exact, default in rows
    }
    for column in {column for group in columns for column in group}:
        if column not in types:
            raise BackfillError(
                f"backfill {backfill.name}: function returned the column {column!r}, which "
                f"{place} does not have"
            )
    return types
