"""Fills empty tables with generated rows, so that a trace has something to lock and scan."""

import re
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from migrator.snapshot import Catalog, Column, Table

# One value a row, from the row's number g, by the start of the type's name.
VALUES: tuple[tuple[LiteralString, LiteralString], ...] = (
    ("smallint", "(g % 32767)::smallint"),
    ("integer", "g"),
    ("bigint", "g"),
    ("numeric", "(g % 10)"),
    ("real", "g"),
    ("double", "g"),
    ("boolean", "g % 2 = 0"),
    ("timestamp", "timestamp '2026-01-01' + g * interval '1 second'"),
    ("daterange", "daterange(date '2026-01-01' + g, date '2026-01-02' + g)"),  # before "date"
    ("date", "date '2026-01-01' + (g % 3650)"),
    ("time", "time '00:00' + (g % 86400) * interval '1 second'"),
    ("interval", "g * interval '1 second'"),
    ("uuid", "md5(g::text)::uuid"),
    ("jsonb", "jsonb_build_object('n', g)"),
    ("json", "json_build_object('n', g)"),
    ("bytea", "decode(md5(g::text), 'hex')"),
    ("inet", "'10.0.0.0'::inet + g"),
    ("cidr", "'10.0.0.0/8'::cidr"),
    ("bit", "NULL"),
    ("int4range", "int4range(g, g + 1)"),
    ("int8range", "int8range(g, g + 1)"),
    ("numrange", "numrange(g, g + 1)"),
    (
        "tsrange",
        "tsrange(timestamp '2026-01-01 00:00' + g * interval '1 minute',"
        " timestamp '2026-01-01 00:01' + g * interval '1 minute')",
    ),
    (
        "tstzrange",
        "tstzrange(timestamptz '2026-01-01 00:00Z' + g * interval '1 minute',"
        " timestamptz '2026-01-01 00:01Z' + g * interval '1 minute')",
    ),
    ("text", "'text ' || g"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfilled:
    """A table that stays empty, and why."""

    table: str
    reason: str


def fill(connection: "psycopg.Connection[Any]", catalog: Catalog, rows: int) -> list[Unfilled]:
    """Puts `rows` rows into each empty table, referenced tables first.

    The connection is in autocommit mode. Returns the tables for which the generated values
    were refused: a check, a trigger or a type that it does not know how to please.
    """
    unfilled = []
    for table in _parents_first(catalog):
        name = sql.Identifier(*table.name.split("."))
        query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(name)
        if connection.execute(query).fetchall()[0][0]:
            continue
        try:
            connection.execute(_insert(table, catalog, rows))
        except psycopg.Error as error:
            # Of the rows before the one that was refused, something would be left to read over.
            connection.execute(sql.SQL("VACUUM {}").format(name))
            unfilled.append(Unfilled(table=table.name, reason=str(error).splitlines()[0]))
    connection.execute("ANALYZE")
    return unfilled


def fill_nulls(connection: "psycopg.Connection[Any]", catalog: Catalog) -> None:
    """Stands in for a finished backfill: gives every NULL a generated value.

    Raises psycopg.Error where a generated value is refused.
    """
    for table in _parents_first(catalog):
        keys = {column for key in table.foreign_keys() for column in key.columns}
        for column in table.columns.values():
            if column.not_null or column.generated or column.identity or column.name in keys:
                continue
            update = sql.SQL(
                "UPDATE {0} SET {1} = {2} FROM (SELECT ctid AS place, tableoid AS part, "
                "(row_number() OVER ())::int AS g FROM {0} WHERE {1} IS NULL) numbered "
                "WHERE {0}.ctid = place AND {0}.tableoid = part"
            )
            name = sql.Identifier(*table.name.split("."))
            value = _value(column, table, catalog)
            connection.execute(update.format(name, sql.Identifier(column.name), value))
    connection.execute("ANALYZE")


def _parents_first(catalog: Catalog) -> list[Table]:
    """Tables that hold rows: the partitions come through their partitioned parent."""
    tables = [
        table
        for table in catalog.tables.values()
        if table.kind in ("table", "partitioned") and table.parent is None
    ]
    ordered: list[Table] = []
    while tables:
        waiting = {table.name for table in tables}
        ready = [
            table
            for table in tables
            if not any(k.references in waiting - {table.name} for k in table.foreign_keys())
        ]
        # Tables that reference each other in a circle: any order is as good.
        ordered += ready or tables
        tables = [table for table in tables if table not in ordered]
    return ordered


def _insert(table: Table, catalog: Catalog, rows: int) -> sql.Composed:
    columns = [
        column
        for column in table.columns.values()
        if not (column.generated or column.identity or "nextval(" in (column.default or ""))
    ]
    name = sql.Identifier(*table.name.split("."))
    if not columns:
        insert = sql.SQL("INSERT INTO {} SELECT FROM generate_series(1, {}) g")
        return insert.format(name, sql.Literal(rows))
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM generate_series(1, {}) g").format(
        name,
        sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
        sql.SQL(", ").join(_value(column, table, catalog) for column in columns),
        sql.Literal(rows),
    )


def _value(column: Column, table: Table, catalog: Catalog) -> sql.Composable:
    for key in table.foreign_keys():
        if key.columns == (column.name,) and key.referenced_columns:
            return _referenced(str(key.references), key.referenced_columns[0], table)
    if column.type in catalog.enums:
        kind = sql.Identifier(*column.type.split("."))
        return sql.SQL("(enum_range(NULL::{}))[1]").format(kind)
    limit = re.fullmatch(r"character(?: varying)?\((\d+)\)", column.type)
    if limit:
        return sql.SQL("left(md5(g::text), {})").format(sql.Literal(int(limit[1])))
    if column.type.endswith(("[]", "multirange")):
        return sql.SQL("'{}'")
    start = "text" if column.type.startswith("character") else column.type
    for kind, value in VALUES:
        if start.startswith(kind):
            return sql.SQL(value)
    return sql.SQL("NULL")


def _referenced(parent: str, column: str, table: Table) -> sql.Composable:
    """A key of the parent; NULL in a table that references itself, which is empty yet."""
    if parent == table.name:
        return sql.SQL("NULL")
    return sql.SQL(
        "(SELECT keys[1 + g % cardinality(keys)] FROM (SELECT array_agg({0}) AS keys "
        "FROM (SELECT {0} FROM {1} LIMIT 10000) few) all_keys)"
    ).format(sql.Identifier(column), sql.Identifier(*parent.split(".")))
