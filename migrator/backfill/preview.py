"""What a run would do, without doing it."""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console

from migrator.backfill.connection import BATCH_SESSION, prepare_session
from migrator.backfill.definition import Backfill
from migrator.backfill.figures import duration
from migrator.backfill.fill import due_rows, update_statement
from migrator.backfill.leaf_walk import walk_of
from migrator.backfill.options import RunOptions
from migrator.backfill.pace import FIRST
from migrator.backfill.plan import count_ahead, estimate_rows, plan_ranges
from migrator.backfill.remaining import made_elsewhere, remaining
from migrator.backfill.state import Progress, Range, StateStore
from migrator.backfill.target import Leaf, find_leaves
from migrator.backfill.trial import NoTrialError, Trial, next_batch, try_batches


def explain(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    options: RunOptions,
    console: Console,
) -> None:
    """Prints tables, keys, the next batch's plan and an estimate; changes nothing.

    The estimate comes from a few batches that are run and rolled back. They lock their rows for
    about as long as a run's do, and wait for none. Python code is not called.
    """
    leaves = {leaf.oid: leaf for leaf in find_leaves(connection, backfill)}
    total = estimate_rows(connection, list(leaves.values()))
    left = remaining(connection, backfill)
    _say(console, f"{backfill.name}: {left:,} rows of about {total:,} need it")
    for leaf in leaves.values():
        by = ", ".join(f"{column.name} ({column.type})" for column in leaf.key)
        _say(console, f"  {leaf.label}, by {by or 'physical order (no key)'}")
    workers = options.workers_for(backfill)
    progress, ranges = _ahead(connection, backfill, leaves, options)
    _say(console, f"  {len(ranges)} range(s), {workers} worker(s)")
    if not ranges or left == 0:
        return
    if backfill.set is None:
        _say(console, "no estimate: a dry run does not call Python code")
        return
    rows = count_ahead(connection, list(leaves.values()), progress, ranges) if progress else total
    prepare_session(connection, BATCH_SESSION)
    _show_plan(connection, backfill, leaves, ranges[0], console)
    try:
        trial = _try(connection, backfill, leaves, ranges, options)
    except NoTrialError as error:
        _say(console, f"no estimate: {error}")
        return
    _say(
        console,
        f"estimate: {duration(trial.per_row * rows / min(workers, len(ranges)))} to go through "
        f"about {rows:,} rows, from a batch of {trial.rows:,} that was rolled back ({trial.due:,} "
        "of them needed it); throttles and waiting come on top",
    )


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _ahead(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaves: dict[int, Leaf],
    options: RunOptions,
) -> tuple[Progress | None, list[Range]]:
    """The ranges that a run would go on with, and the progress that they are of.

    None and all ranges where it would begin with the first row.
    """
    store = StateStore(connection)
    progress = None if options.restart else store.read(backfill.name)
    if (
        progress is not None
        and progress.fingerprint == backfill.fingerprint()
        and not made_elsewhere(store, backfill, list(leaves.values()))
    ):
        ranges = [item for item in store.open_ranges(backfill.name) if item.relation in leaves]
        if ranges:
            return progress, ranges
    workers = options.workers_for(backfill)
    return None, plan_ranges(connection, list(leaves.values()), workers)


def _show_plan(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaves: dict[int, Leaf],
    item: Range,
    console: Console,
) -> None:
    leaf = leaves[item.relation]
    condition, _ = next_batch(connection, walk_of(leaf), item, FIRST)
    statement = update_statement(backfill, leaf.identifier, due_rows(backfill, condition))
    _say(console, statement.as_string(connection))
    for (line,) in connection.execute(sql.SQL("EXPLAIN {}").format(statement)):
        _say(console, f"  {line}")


def _try(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaves: dict[int, Leaf],
    ranges: Sequence[Range],
    options: RunOptions,
) -> Trial:
    """A batch at the first cursor that has rows ahead."""
    trial = Trial(rows=0, due=0, seconds=0.0)
    for item in ranges:
        trial = try_batches(connection, backfill, leaves[item.relation], item, options)
        if trial.rows:
            break
    return trial
