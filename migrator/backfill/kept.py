"""Rows, and values in them, that a trigger or a rule keeps as they are: none of them is filled."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.column_types import ColumnType
from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillError
from migrator.backfill.target import Leaf
from migrator.fragment import fragment

# Names that no column of an application's table has.
ROW_ID = "groundwork_row_id"
WANTED, OLD = "groundwork_wanted_{}", "groundwork_old_{}"


def lock_rows(
    connection: "psycopg.Connection[Any]", called: sql.Composable, due: sql.Composable
) -> int:
    """Locks the rows that are about to be changed, so that none of them can go; counts them."""
    query = sql.SQL("SELECT count(*) FROM (SELECT FROM {} WHERE {} FOR NO KEY UPDATE) AS locked")
    row = connection.execute(query.format(called, due)).fetchone()
    return int(row[0]) if row else 0


def rows_kept(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    called: sql.Composable,
    due: sql.Composable,
    *,
    changed: int,
    of: int,
) -> BackfillError:
    """The error for rows that were to be changed and are as they were; it names one of them.

    called: the leaf as `due` calls it.
    """
    query = sql.SQL(
        "SELECT {} FROM {} WHERE {} AND xmin::text::bigint <> txid_current() % (1::bigint"
        " << 32) LIMIT 1"
    ).format(key_text(leaf), called, due)
    row = connection.execute(query).fetchone()
    return BackfillError(
        f"backfill {backfill.name}: {of - changed} of {of} rows of {leaf.label} were not "
        f"written{_such_as(leaf, row[0] if row else None)}: a trigger or a rule keeps them as they "
        "are"
    )


def values_kept(
    backfill: Backfill, leaf: Leaf, keys: Sequence[Sequence[str]], *, of: int
) -> BackfillError:
    """The error for rows that were written and have the values that they had; by their keys."""
    return BackfillError(
        f"backfill {backfill.name}: {len(keys)} of {of} rows of {leaf.label} kept their old values"
        f"{_such_as(leaf, keys[0])}: a trigger puts them back"
    )


def is_kept(columns: Mapping[str, ColumnType]) -> sql.Composed:
    """Whether a row was to get other values than it had, and is as empty as before.

    Empty is NULL and the column's constant default: another old value may be what the trigger makes
    of the one that is wanted, as in a row that the application has written meanwhile.

    columns: the types of those that were to be changed, in the order in which the values wanted and
    old are numbered. As text, for not every type can be compared.
    """
    return sql.SQL(" OR ").join(
        sql.SQL(
            "({new} IS NOT DISTINCT FROM {old} AND {old} IS DISTINCT FROM {wanted}"
            " AND ({old} IS NULL OR {old} IS NOT DISTINCT FROM {empty}))"
        ).format(
            new=sql.SQL("{}::text").format(sql.Identifier(column)),
            old=sql.SQL("{}::text").format(sql.Identifier(OLD.format(number))),
            wanted=sql.SQL("{}::{}::text").format(
                sql.Identifier(WANTED.format(number)), fragment(kind.exact)
            ),
            empty=sql.SQL("CAST({} AS {})::text").format(
                fragment(kind.default), fragment(kind.exact)
            ),
        )
        for number, (column, kind) in enumerate(columns.items())
    )


def old_values(columns: Sequence[str]) -> sql.Composed:
    """The present values of columns under names of their own, for a select list."""
    return sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(sql.Identifier(column), sql.Identifier(OLD.format(number)))
        for number, column in enumerate(columns)
    )


def key_text(leaf: Leaf) -> sql.Composed:
    """The key of a row as an array of text; where it stands, if the leaf has none."""
    key = [sql.Identifier(column.name) for column in leaf.key] or [sql.SQL("ctid")]
    return sql.SQL("ARRAY[{}]").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(name) for name in key)
    )


def _such_as(leaf: Leaf, key: Sequence[str] | None) -> str:
    names = ", ".join(leaf.key_names) or "ctid"
    return f", such as that with ({names}) = ({', '.join(key)})" if key else ""
