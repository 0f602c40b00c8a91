"""The work on the rows of one batch, in the transaction that the caller opened."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from migrator.backfill import kept
from migrator.backfill.column_types import column_types
from migrator.backfill.definition import Backfill, Batch, BatchFunction, Row, RowFunction
from migrator.backfill.errors import BackfillError
from migrator.backfill.scope import scope_of
from migrator.backfill.state import StateStore
from migrator.backfill.table_name import names_table, parse_table_name
from migrator.backfill.target import Leaf, check_key_stays
from migrator.backfill.write_rows import write_rows
from migrator.fragment import fragment


def fill(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    condition: sql.Composable,
) -> int:
    """Fills the rows of a batch; returns how many changed."""
    if backfill.set is not None:
        return _set(connection, backfill, backfill.set, leaf, due_rows(backfill, condition))
    if backfill.function is not None:
        due = due_rows(backfill, condition)
        return _apply_function(connection, backfill, backfill.function, leaf, due)
    due = _due_under_own_name(backfill, leaf, condition)
    return _call_batch(connection, backfill, Batch(table=leaf.identifier, condition=due))


def due_rows(backfill: Backfill, condition: sql.Composable) -> sql.Composable:
    """The condition, narrowed to the rows that still need work."""
    if backfill.where is None:
        return condition
    return sql.SQL("{} AND ({}\n)").format(condition, fragment(backfill.where))


def _due_under_own_name(
    backfill: Backfill, leaf: Leaf, condition: sql.Composable
) -> sql.Composable:
    """The same for a statement that calls a partition by its own name, where `where` does not."""
    name = parse_table_name(backfill.table)[-1]
    if backfill.where is None or leaf.name == name or not names_table(backfill.where, name):
        return due_rows(backfill, condition)
    return sql.SQL("{} AND (SELECT ({}\n) FROM (SELECT {}.*) AS {})").format(
        condition, fragment(backfill.where), sql.Identifier(leaf.name), sql.Identifier(name)
    )


def update_statement(backfill: Backfill, leaf: Leaf, due: sql.Composable) -> sql.Composed:
    """The UPDATE of a declarative backfill."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = ({}\n)").format(sql.Identifier(column), fragment(expression))
        for column, expression in (backfill.set or {}).items()
    )
    scope = scope_of(backfill, leaf, backfill.set or ())
    return sql.SQL("UPDATE {} SET {} WHERE {} AND {}").format(
        scope.called, assignments, scope.within, due
    )


def _set(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    expressions: Mapping[str, str],
    leaf: Leaf,
    due: sql.Composable,
) -> int:
    """Runs the UPDATE; BackfillError where a trigger or a rule keeps what it was to change."""
    if not leaf.triggers and not leaf.rules:
        return connection.execute(update_statement(backfill, leaf, due)).rowcount
    scope = scope_of(backfill, leaf, expressions)
    called, there = scope.called, sql.SQL("{} AND {}").format(scope.within, due)
    locked = kept.lock_rows(connection, called, there)
    if leaf.rules:  # whose UPDATE may return nothing
        changed = connection.execute(update_statement(backfill, leaf, due)).rowcount
    else:
        rows = connection.execute(
            _watched_update(connection, backfill, expressions, leaf, due)
        ).fetchall()
        changed = len(rows)
        keys = [key for is_kept, key in rows if is_kept]
        if keys:
            raise kept.values_kept(backfill, leaf, keys, of=changed)
    if changed < locked:
        raise kept.rows_kept(connection, backfill, leaf, called, there, changed=changed, of=locked)
    return changed


def _watched_update(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    expressions: Mapping[str, str],
    leaf: Leaf,
    due: sql.Composable,
) -> sql.Composed:
    """The same UPDATE; it returns of each row whether it has its old values, and its key."""
    types = column_types(connection, backfill, leaf.identifier, [expressions])
    wanted = sql.SQL(", ").join(
        sql.SQL("({}\n)::{} AS {}").format(
            fragment(expression),
            fragment(types[column].loose),
            sql.Identifier(kept.WANTED.format(number)),
        )
        for number, (column, expression) in enumerate(expressions.items())
    )
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(
            sql.Identifier(column), sql.Identifier(kept.WANTED.format(number))
        )
        for number, column in enumerate(expressions)
    )
    scope, row_id = scope_of(backfill, leaf, expressions), sql.Identifier(kept.ROW_ID)
    return sql.SQL(
        "UPDATE {} SET {} FROM (SELECT ctid AS {}, {}, {} FROM {} WHERE {} AND {}) AS changes"
        " WHERE {} AND ctid = {} RETURNING {}, {}"
    ).format(
        scope.table,
        assignments,
        row_id,
        wanted,
        kept.old_values(list(expressions)),
        scope.called,
        scope.within,
        due,
        scope.within,
        row_id,
        kept.is_kept({column: types[column] for column in expressions}),
        kept.key_text(leaf),
    )


def _call_batch(connection: "psycopg.Connection[Any]", backfill: Backfill, batch: Batch) -> int:
    function: BatchFunction | None = backfill.batch
    with _blamed(backfill, "batch function"):
        changed = function(connection, batch) if function is not None else None
    if not isinstance(changed, int):
        raise BackfillError(
            f"backfill {backfill.name}: batch function must return the number of rows it "
            f"changed, not {changed!r}"
        )
    return changed


def _apply_function(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    function: RowFunction,
    leaf: Leaf,
    due: sql.Composable,
) -> int:
    columns = (
        sql.SQL(", ").join(map(sql.Identifier, backfill.columns))
        if backfill.columns
        else sql.SQL("*")
    )
    # A locked row stays where it is until the transaction ends, so ctid finds it again.
    query = sql.SQL("SELECT ctid::text AS {}, {} FROM {} WHERE {} FOR NO KEY UPDATE").format(
        sql.Identifier(kept.ROW_ID), columns, scope_of(backfill, leaf, ()).called, due
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query).fetchall()
    places = [row.pop(kept.ROW_ID) for row in rows]
    with _blamed(backfill, "function"):
        changes = function(rows)
    _check_changes(backfill, rows, changes)
    due_changes = [(place, change) for place, change in zip(places, changes, strict=True) if change]
    changed = dict.fromkeys(column for _, change in due_changes for column in change)
    check_key_stays(backfill, leaf, changed)
    written = write_rows(connection, backfill, leaf, due_changes)
    if changed:
        StateStore(connection).note_columns(backfill.name, leaf.oid, leaf.numbers(changed))
    if written != len(due_changes):
        # Where a row stood that was written, none is any more.
        there = sql.SQL("ctid = ANY ({}::tid[])").format(
            sql.Literal([place for place, _ in due_changes])
        )
        raise kept.rows_kept(
            connection,
            backfill,
            leaf,
            scope_of(backfill, leaf, ()).called,
            there,
            changed=written,
            of=len(due_changes),
        )
    return written


@contextmanager
def _blamed(backfill: Backfill, what: str) -> Iterator[None]:
    """Says whose error it is that an author's code raised.

    Not of the database's, some of which are retried.
    """
    try:
        yield
    except (psycopg.Error, BackfillError):
        raise
    except Exception as error:
        raise BackfillError(
            f"backfill {backfill.name}: {what} raised {type(error).__name__}: {error}"
        ) from error


def _check_changes(backfill: Backfill, rows: Sequence[Row], changes: object) -> None:
    fault = None
    if not isinstance(changes, Sequence) or isinstance(changes, str | bytes):
        fault = f"a {type(changes).__name__}, not a list"
    elif len(changes) != len(rows):
        fault = f"{len(changes)} results for {len(rows)} rows"
    else:
        for change in changes:
            if change is not None and not isinstance(change, Mapping):
                fault = f"a {type(change).__name__} for a row"
                break
    if fault is not None:
        raise BackfillError(
            f"backfill {backfill.name}: function returned {fault}; it must return a list with one "
            "mapping of column to new value per row, None for a row to leave alone"
        )
