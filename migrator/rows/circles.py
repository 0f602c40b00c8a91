"""Foreign keys in a circle: rows that need each other before either is there."""

from typing import Any

import psycopg
from psycopg import sql

from migrator.snapshot import Catalog, Constraint, Table


class OpenCircleError(Exception):
    """A circle cannot be closed, as one of its tables stays empty."""


def numbered_keys(catalog: Catalog, key: Constraint) -> sql.Composed:
    """SELECT of a parent's keys as k0, k1, … with their place, from 0, in the key's order."""
    columns = list(map(sql.Identifier, key.referenced_columns))
    named = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(column, sql.Identifier(f"k{number}"))
        for number, column in enumerate(columns)
    )
    return sql.SQL("SELECT {}, row_number() OVER (ORDER BY {}) - 1 AS place FROM {}").format(
        named, sql.SQL(", ").join(columns), _parent(catalog, key)
    )


def close_circle(
    connection: "psycopg.Connection[Any]", catalog: Catalog, table: Table, key: Constraint
) -> None:
    """Points rows whose key leads nowhere to parents that exist, each to the next one.

    Raises OpenCircleError where there is no parent.
    """
    parent = _parent(catalog, key)
    if not has_rows(connection, parent):
        raise OpenCircleError(f"{key.references} holds no rows")
    own = list(map(sql.Identifier, key.columns))
    same = sql.SQL(" AND ").join(
        sql.SQL("parent.{} = child.{}").format(sql.Identifier(theirs), mine)
        for mine, theirs in zip(own, key.referenced_columns, strict=True)
    )
    changes = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(mine, sql.Identifier(f"k{number}"))
        for number, mine in enumerate(own)
    )
    connection.execute(
        sql.SQL(
            "UPDATE {child} AS child SET {changes} FROM"
            " (SELECT ctid AS spot, tableoid AS part,"
            " row_number() OVER (ORDER BY tableoid, ctid) - 1 AS turn"
            " FROM {child} AS child WHERE NOT EXISTS (SELECT FROM {parent} AS parent WHERE {same}))"
            " AS lost JOIN ({parents}) AS parents"
            " ON place = turn % (SELECT greatest(count(*), 1) FROM {parent})"
            " WHERE child.ctid = spot AND child.tableoid = part"
        ).format(
            child=sql.Identifier(*table.schema_and_name),
            changes=changes,
            parent=parent,
            same=same,
            parents=numbered_keys(catalog, key),
        )
    )


def has_rows(connection: "psycopg.Connection[Any]", table: sql.Identifier) -> bool:
    """Whether a table holds any row."""
    row = connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(table)).fetchone()
    return bool(row and row[0])


def _parent(catalog: Catalog, key: Constraint) -> sql.Identifier:
    return sql.Identifier(*catalog.schema_and_name(key.references or ""))
