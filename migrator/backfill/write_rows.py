"""Rows written with the values that a function computed for them."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.adapt import Transformer

from migrator.backfill import kept
from migrator.backfill.column_types import ColumnType, column_types
from migrator.backfill.definition import Backfill, Row
from migrator.backfill.scope import Scope, scope_of
from migrator.backfill.target import Leaf
from migrator.fragment import fragment


def write_rows(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    changes: Sequence[tuple[str, Row]],
) -> int:
    """Writes all rows in one statement; returns how many it found.

    Between two statements a trigger of the table could change rows that are still to be written,
    and so move them. The rows of each set of columns are one CTE, which all see the same snapshot.
    Values are literals: there may be more of them than a statement may have parameters.
    """
    if not changes:
        return 0
    groups: dict[tuple[str, ...], list[tuple[str, Row]]] = {}
    for place, change in changes:
        groups.setdefault(tuple(change), []).append((place, change))
    types = column_types(connection, backfill, leaf.identifier, groups)
    updates = [
        sql.SQL("{} AS ({})").format(
            sql.Identifier(f"group_{number}"),
            _update_group(
                connection, scope_of(backfill, leaf, columns), leaf, columns, types, members
            ),
        )
        for number, (columns, members) in enumerate(groups.items())
    ]
    written = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT * FROM {}").format(sql.Identifier(f"group_{number}"))
        for number in range(len(groups))
    )
    rows = connection.execute(
        sql.SQL("WITH {} SELECT is_kept, key FROM ({}) AS written").format(
            sql.SQL(", ").join(updates), written
        )
    ).fetchall()
    if keys := [key for is_kept, key in rows if is_kept]:
        raise kept.values_kept(backfill, leaf, keys, of=len(rows))
    return len(rows)


def _update_group(
    connection: "psycopg.Connection[Any]",
    scope: Scope,
    leaf: Leaf,
    columns: Sequence[str],
    types: Mapping[str, ColumnType],
    members: Sequence[tuple[str, Row]],
) -> sql.Composed:
    """The UPDATE of rows in which the same columns change.

    It returns of each whether it has its old values, and its key; where nothing can keep them, no
    more than that it was there.
    """
    new = [sql.Identifier(kept.WANTED.format(number)) for number in range(len(columns))]
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), value)
        for column, value in zip(columns, new, strict=True)
    )
    kinds = ("tid", *(types[column].loose for column in columns))
    # Composed of sql.Literal this would take longer than the UPDATE itself.
    literal, encoding = Transformer(connection).as_literal, connection.info.encoding
    rows = ", ".join(
        "({})".format(
            ", ".join(
                f"({bytes(literal(value)).decode(encoding)})::{kind}"
                for value, kind in zip((place, *change.values()), kinds, strict=True)
            )
        )
        for place, change in members
    )
    before, told = sql.SQL(""), sql.SQL("false AS is_kept, NULL::text[] AS key")
    if leaf.triggers and columns:
        before = sql.SQL(
            " JOIN (SELECT ctid AS groundwork_place, {} FROM ONLY {}) AS before"
            " ON groundwork_place = {}"
        ).format(kept.old_values(columns), leaf.identifier, sql.Identifier(kept.ROW_ID))
        told = sql.SQL("{} AS is_kept, {} AS key").format(
            kept.is_kept({column: types[column] for column in columns}), kept.key_text(leaf)
        )
    return sql.SQL(
        "UPDATE {} SET {} FROM (VALUES {}) AS changes ({}, {}){} WHERE {} AND ctid = {}"
        " RETURNING {}"
    ).format(
        scope.table,
        assignments,
        fragment(rows),
        sql.Identifier(kept.ROW_ID),
        sql.SQL(", ").join(new),
        before,
        scope.within,
        sql.Identifier(kept.ROW_ID),
        told,
    )
