"""The types of a table's columns, as casts need them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillError


class ColumnType(NamedTuple):
    """A column's type; `loose`: without length or precision, for a cast to those would cut."""

    loose: str
    exact: str


def column_types(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    table: sql.Identifier,
    columns: Iterable[Iterable[str]],
) -> dict[str, ColumnType]:
    """The types of a table's columns. BackfillError if one of `columns` is none of them."""
    rows = connection.execute(
        "SELECT attname::text, format_type(atttypid, -1), format_type(atttypid, atttypmod)"
        " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        (table.as_string(connection),),
    ).fetchall()
    types = {name: ColumnType(loose, exact) for name, loose, exact in rows}
    for column in {column for group in columns for column in group}:
        if column not in types:
            raise BackfillError(
                f"backfill {backfill.name}: function returned the column {column!r}, which "
                f"{table.as_string(connection)} does not have"
            )
    return types
