"""Foreign keys in a circle: rows that need each other before either is there."""

from typing import Any

import psycopg
from psycopg import sql

from migrator.rehearse.catalog import ForeignKey, TableShape


class OpenCircleError(Exception):
    """A circle cannot be closed, as one of its tables stays empty."""


def numbered_keys(key: ForeignKey) -> sql.Composed:
    """SELECT of a parent's keys as k0, k1, … with their place, from 0, in the key's order."""
    columns = list(map(sql.Identifier, key.parent_columns))
    named = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(column, sql.Identifier(f"k{number}"))
        for number, column in enumerate(columns)
    )
    return sql.SQL("SELECT {}, row_number() OVER (ORDER BY {}) - 1 AS place FROM {}").format(
        named, sql.SQL(", ").join(columns), sql.Identifier(*key.parent)
    )


def close_circle(connection: "psycopg.Connection[Any]", table: TableShape, key: ForeignKey) -> None:
    """Points rows whose key leads nowhere to parents that exist, each to the next one.

    Raises OpenCircleError where there is no parent.
    """
    if not has_rows(connection, key.parent):
        raise OpenCircleError(f"{'.'.join(key.parent)} holds no rows")
    own = list(map(sql.Identifier, key.columns))
    same = sql.SQL(" AND ").join(
        sql.SQL("parent.{} = child.{}").format(sql.Identifier(theirs), mine)
        for mine, theirs in zip(own, key.parent_columns, strict=True)
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
            child=table.identifier,
            changes=changes,
            parent=sql.Identifier(*key.parent),
            same=same,
            parents=numbered_keys(key),
        )
    )


def has_rows(connection: "psycopg.Connection[Any]", name: tuple[str, str]) -> bool:
    """Whether a table holds any row."""
    query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(*name))
    row = connection.execute(query).fetchone()
    return bool(row and row[0])
