"""Writes through every table and view, so that what triggers and rules run is run."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from migrator.database import server_message
from migrator.rows.generator import is_broken_function
from migrator.snapshot import Catalog, Table

# Bits of pg_relation_is_updatable, with triggers counted in.
UPDATE, INSERT, DELETE = 4, 8, 16
# The row that was stored last, which other rows seldom reference.
_LAST = (
    "(tableoid, ctid) = (SELECT tableoid, ctid FROM {}"
    " ORDER BY xmin::text::bigint DESC, ctid DESC LIMIT 1)"
)
_WRITABLE_COLUMNS = """
SELECT a.attname FROM pg_attribute a
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attgenerated = '' AND a.attidentity = ''
  AND pg_column_is_updatable(a.attrelid, a.attnum, true)
ORDER BY a.attnum
"""
_WRITES = "SELECT pg_relation_is_updatable(to_regclass(%s), true)"


def failing_writes(connection: "psycopg.Connection[Any]", catalog: Catalog) -> dict[str, str]:
    """The writes that fail in a function, by ``table: UPDATE``, and PostgreSQL's word for it.

    Each is undone. What fails for the row's sake, as by a foreign key, is no fault.
    """
    found: dict[str, str] = {}
    views = [table for table in catalog.tables.values() if table.kind == "view"]
    for table in (*catalog.insertable().values(), *views):
        for command, statement in _statements(connection, table):
            fault = _fault(connection, statement)
            if fault is not None:
                found[f"{table.name}: {command}"] = fault
    return found


def _statements(
    connection: "psycopg.Connection[Any]", table: Table
) -> Iterator[tuple[str, sql.Composed]]:
    """A write of each kind that changes nothing; INSERT for views only, as tables get rows."""
    name = sql.Identifier(*table.schema_and_name)
    written = name.as_string(connection)
    (bits,) = connection.execute(_WRITES, [written]).fetchone() or (0,)
    columns = [sql.Identifier(row[0]) for row in connection.execute(_WRITABLE_COLUMNS, [written])]
    one = sql.SQL("true") if table.kind == "view" else sql.SQL(_LAST).format(name)
    if bits & UPDATE and columns:
        values = sql.SQL(", ").join(sql.SQL("{0} = {0}").format(column) for column in columns)
        yield "UPDATE", sql.SQL("UPDATE {} SET {} WHERE {}").format(name, values, one)
    if bits & DELETE:
        yield "DELETE", sql.SQL("DELETE FROM {} WHERE {}").format(name, one)
    if bits & INSERT and columns and table.kind == "view":
        listed = sql.SQL(", ").join(columns)
        copied = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM {0} LIMIT 1").format(name, listed)
        yield "INSERT", copied


def _fault(connection: "psycopg.Connection[Any]", statement: sql.Composed) -> str | None:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        return server_message(error) if is_broken_function(error) else None
    return None
