"""What a run would do, without doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from rich.console import Console

from migrator.backfill.connection import BATCH_SESSION, prepare_session
from migrator.backfill.definition import Backfill
from migrator.backfill.figures import duration
from migrator.backfill.fill import due_rows, update_statement
from migrator.backfill.leaf_walk import walk_of
from migrator.backfill.neighbours import Neighbours
from migrator.backfill.options import RunOptions
from migrator.backfill.pace import FIRST
from migrator.backfill.plan import count_ahead, estimate_rows, leaves_as_planned, plan_ranges
from migrator.backfill.remaining import made_elsewhere, remaining
from migrator.backfill.state import Range, StateStore
from migrator.backfill.target import Leaf, find_leaves
from migrator.backfill.trial import NoTrialError, Trial, next_batch, try_batches
from migrator.snapshot.update_triggers import read_update_rules, read_update_triggers


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
    leaves = find_leaves(connection, backfill)
    total = estimate_rows(connection, leaves)
    left = remaining(connection, backfill)
    _say(console, f"{backfill.name}: {left:,} rows of about {total:,} need it")
    for leaf in leaves:
        by = ", ".join(f"{column.name} ({column.type})" for column in leaf.key)
        _say(console, f"  {leaf.label}, by {by or 'physical order (no key)'}")
    for effect in _side_effects(connection, backfill, leaves):
        _say(console, f"  {effect}")
    workers = options.workers_for(backfill)
    ahead = _ahead(connection, backfill, leaves, options)
    _say(console, f"  {len(ahead.ranges)} range(s), {workers} worker(s)")
    if not ahead.ranges or left == 0:
        return
    if backfill.set is None:
        _say(console, "no estimate: a dry run does not call Python code")
        return
    rows = count_ahead(connection, ahead.leaves, ahead.ranges) if ahead.begun else total
    writing = Neighbours(connection, ahead.leaves).writing()
    prepare_session(connection, BATCH_SESSION)
    _show_plan(connection, backfill, ahead, console)
    try:
        trial = _try(connection, backfill, ahead, options)
    except NoTrialError as error:
        _say(console, f"no estimate: {error}")
        return
    at_work = trial.per_row * rows
    alone = duration(at_work / min(workers, len(ahead.ranges)))
    beside = duration(at_work * (1 + options.rest))
    _say(
        console,
        f"estimate: {beside if writing else alone} to go through about {rows:,} rows, from a batch "
        f"of {trial.rows:,} that was rolled back ({trial.due:,} of them needed it); throttles and "
        "waiting come on top",
    )
    if writing:
        _say(console, f"  beside others that write, as they do now; {alone} without any")
    else:
        _say(console, f"  while nobody else writes, as now; {beside} beside others that do")


def _side_effects(
    connection: "psycopg.Connection[Any]", backfill: Backfill, leaves: Sequence[Leaf]
) -> list[str]:
    """What an UPDATE of the tables does beside what the backfill is for."""
    oids = [leaf.oid for leaf in leaves]
    changed = None if backfill.set is None else list(backfill.set)
    triggers = read_update_triggers(connection, oids, changed)
    rules = read_update_rules(connection, oids)
    return [
        *map(str, triggers),
        *(f"the rule {name} rewrites each UPDATE of the table" for name in rules),
    ]


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """What a run would go through. begun: it would go on, rather than begin with the first row."""

    leaves: Mapping[int, Leaf]
    ranges: Sequence[Range]
    begun: bool


def _ahead(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    leaves: Sequence[Leaf],
    options: RunOptions,
) -> Ahead:
    store = StateStore(connection)
    progress = None if options.restart else store.read(backfill.name)
    if (
        progress is not None
        and backfill.began_as(progress.fingerprint)
        and not made_elsewhere(store, backfill, leaves)
    ):
        ranges = store.open_ranges(backfill.name, (leaf.oid for leaf in leaves))
        planned = leaves_as_planned(connection, leaves, ranges)
        if ranges and planned is not None:
            return Ahead(leaves=planned, ranges=ranges, begun=True)
    ranges = plan_ranges(connection, leaves, options.workers_for(backfill))
    return Ahead(leaves={leaf.oid: leaf for leaf in leaves}, ranges=ranges, begun=False)


def _show_plan(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    ahead: Ahead,
    console: Console,
) -> None:
    item = ahead.ranges[0]
    leaf = ahead.leaves[item.relation]
    condition, _ = next_batch(connection, walk_of(leaf), item, FIRST)
    statement = update_statement(backfill, leaf, due_rows(backfill, condition))
    _say(console, statement.as_string(connection))
    for (line,) in connection.execute(sql.SQL("EXPLAIN {}").format(statement)):
        _say(console, f"  {line}")


def _try(
    connection: "psycopg.Connection[Any]",
    backfill: Backfill,
    ahead: Ahead,
    options: RunOptions,
) -> Trial:
    """A batch at the first cursor that has rows ahead."""
    trial = Trial(rows=0, due=0, seconds=0.0)
    for item in ahead.ranges:
        trial = try_batches(connection, backfill, ahead.leaves[item.relation], item, options)
        if trial.rows:
            break
    return trial
