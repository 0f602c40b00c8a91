"""The work on the rows of one batch, in the transaction that the caller opened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.adapt import Transformer
from psycopg.rows import dict_row

from migrator.backfill.definition import Backfill, Batch, BatchFunction, Row, RowFunction
from migrator.backfill.errors import BackfillError
from migrator.backfill.table_name import names_table, parse_table_name
from migrator.backfill.target import Leaf, check_key_stays
from migrator.fragment import fragment

# A name that no column of an application's table has.
ROW_ID = "groundwork_row_id"


def fill(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    condition: sql.Composable,
) -> int:
    """Fills the rows of a batch; returns how many changed."""
    if backfill.set is not None:
        due = due_rows(backfill, condition)
        locked = lock_rows(connection, backfill, leaf, due) if leaf.may_keep_rows else 0
        changed = connection.execute(update_statement(backfill, leaf, due)).rowcount
        if changed < locked:
            raise rows_kept(connection, backfill, leaf, due, changed=changed, of=locked)
        return changed
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


def _called(backfill: Backfill, leaf: Leaf) -> sql.Composed:
    """The leaf under the name that the backfill's expressions know its table by."""
    name = parse_table_name(backfill.table)[-1]
    if leaf.name == name:  # else its schema could not be named any more
        return sql.SQL("ONLY {}").format(leaf.identifier)
    return sql.SQL("ONLY {} AS {}").format(leaf.identifier, sql.Identifier(name))


def update_statement(backfill: Backfill, leaf: Leaf, due: sql.Composable) -> sql.Composed:
    """The UPDATE of a declarative backfill."""
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = ({}\n)").format(sql.Identifier(column), fragment(expression))
        for column, expression in (backfill.set or {}).items()
    )
    return sql.SQL("UPDATE {} SET {} WHERE {}").format(_called(backfill, leaf), assignments, due)


def lock_rows(
    connection: "psycopg.Connection[Any]", backfill: Backfill, leaf: Leaf, due: sql.Composable
) -> int:
    """Locks the rows that are about to be changed, so that none of them can go; counts them."""
    query = sql.SQL("SELECT count(*) FROM (SELECT FROM {} WHERE {} FOR NO KEY UPDATE) AS locked")
    row = connection.execute(query.format(_called(backfill, leaf), due)).fetchone()
    return int(row[0]) if row else 0


def rows_kept(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaf: Leaf,
    due: sql.Composable,
    *,
    changed: int,
    of: int,
) -> BackfillError:
    """The error for rows that were to be changed and are as they were; it names one of them."""
    key = [sql.Identifier(column.name) for column in leaf.key] or [sql.SQL("ctid")]
    query = sql.SQL(
        "SELECT ARRAY[{}] FROM {} WHERE {} AND xmin::text::bigint <> txid_current() % (1::bigint"
        " << 32) LIMIT 1"
    ).format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(name) for name in key),
        _called(backfill, leaf),
        due,
    )
    row = connection.execute(query).fetchone()
    names = ", ".join(leaf.key_names) or "ctid"
    which = f", such as that with ({names}) = ({', '.join(row[0])})" if row else ""
    return BackfillError(
        f"backfill {backfill.name}: {of - changed} of {of} rows of {leaf.label} were not "
        f"written{which}: a trigger or a rule keeps them as they are"
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
        sql.Identifier(ROW_ID), columns, _called(backfill, leaf), due
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query).fetchall()
    places = [row.pop(ROW_ID) for row in rows]
    with _blamed(backfill, "function"):
        changes = function(rows)
    _check_changes(backfill, rows, changes)
    due_changes = [(place, change) for place, change in zip(places, changes, strict=True) if change]
    changed = dict.fromkeys(column for _, change in due_changes for column in change)
    check_key_stays(backfill, leaf, changed)
    written = _write(connection, backfill, leaf.identifier, due_changes)
    if written != len(due_changes):
        # Where a row stood that was written, none is any more.
        there = sql.SQL("ctid = ANY ({}::tid[])").format(
            sql.Literal([place for place, _ in due_changes])
        )
        raise rows_kept(connection, backfill, leaf, there, changed=written, of=len(due_changes))
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


def _write(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    table: sql.Identifier,
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
    types = _column_types(connection, backfill, table, groups)
    updates = [
        sql.SQL("{} AS ({})").format(
            sql.Identifier(f"group_{number}"),
            _update_group(connection, table, columns, types, members),
        )
        for number, (columns, members) in enumerate(groups.items())
    ]
    counts = sql.SQL(" + ").join(
        sql.SQL("(SELECT count(*) FROM {})").format(sql.Identifier(f"group_{number}"))
        for number in range(len(groups))
    )
    row = connection.execute(
        sql.SQL("WITH {} SELECT {}").format(sql.SQL(", ").join(updates), counts)
    ).fetchone()
    return int(row[0]) if row else 0


def _update_group(
    connection: "psycopg.Connection[Any]",
    table: sql.Identifier,
    columns: Sequence[str],
    types: Mapping[str, str],
    members: Sequence[tuple[str, Row]],
) -> sql.Composed:
    """The UPDATE of rows in which the same columns change; it returns a row for each."""
    new = [sql.Identifier(f"{ROW_ID}_{number}") for number in range(len(columns))]
    assignments = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(column), value)
        for column, value in zip(columns, new, strict=True)
    )
    kinds = ("tid", *(types[column] for column in columns))
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
    return sql.SQL(
        "UPDATE ONLY {} SET {} FROM (VALUES {}) AS changes ({}, {}) WHERE ctid = {} RETURNING 1"
    ).format(
        table,
        assignments,
        fragment(rows),
        sql.Identifier(ROW_ID),
        sql.SQL(", ").join(new),
        sql.Identifier(ROW_ID),
    )


def _column_types(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    table: sql.Identifier,
    columns: Iterable[Sequence[str]],
) -> dict[str, str]:
    """The types of a table's columns, without length or precision: a cast to those would cut."""
    rows = connection.execute(
        "SELECT attname::text, format_type(atttypid, -1) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        (table.as_string(connection),),
    ).fetchall()
    types: dict[str, str] = dict(rows)
    for column in {column for group in columns for column in group}:
        if column not in types:
            raise BackfillError(
                f"backfill {backfill.name}: function returned the column {column!r}, which "
                f"{table.as_string(connection)} does not have"
            )
    return types
