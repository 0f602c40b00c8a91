"""Indexes that are built."""

import re
from collections.abc import Iterator

from migrator.lint.python_text import execute_call
from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.timeouts import timeouts
from migrator.lint.safe_form import PARTITIONED
from migrator.lint.scene import Scene
from migrator.postgres.dependents import finds_index
from migrator.postgres.identifiers import identifier
from migrator.postgres.statements import actions as a
from migrator.postgres.statements.as_written import index_definition
from migrator.snapshot import Table

WIDE = 3


def index_names(action: a.CreateIndex, scene: Scene) -> dict[str, str]:
    """Placeholders for the safe form of an index, which is in its table's schema."""
    schema, dot, bare = action.table.rpartition(".")
    columns = ", ".join(map(identifier, action.columns)) or "…"
    return {
        "table": action.table,
        "index": schema + dot + (action.index or "_".join((bare, *action.columns, "idx"))),
        "definition": _definition(action, scene) or f"({columns})",
        "unique": "UNIQUE " if action.unique else "",
    }


def _definition(action: a.CreateIndex, scene: Scene) -> str | None:
    """The method, columns, options and WHERE, as the statement that makes the index has them."""
    for step in scene.script.steps:
        if any(other is action for other in step.statement.actions):
            return index_definition(step.statement.text)
    return None


def is_partitioned(table: str, scene: Scene) -> bool:
    """Whether the table is known to be partitioned."""
    known = scene.table(table)
    return known is not None and known.kind == "partitioned"


def _create(action: a.CreateIndex, scene: Scene) -> Iterator[Hit]:
    if action.concurrently or action.only or scene.is_new(action.table):
        return
    if finds_index(action, scene.catalog):
        return
    yield Hit(
        severity="unsafe",
        message=f"writes to {action.table} wait (SHARE) while the index is built",
        names=index_names(action, scene),
        safe_form=PARTITIONED_INDEX if is_partitioned(action.table, scene) else None,
    )


def _in_transaction(action: a.Action, scene: Scene) -> Iterator[Hit]:
    in_block = re.match(r"do\b", scene.step.statement.text, re.IGNORECASE) is not None
    if scene.step.transaction is None and not in_block:
        return
    what = _outside_command(action, scene)
    if what is None:
        return
    in_one_text = not in_block and scene.step.alone_together
    if in_one_text:
        place = "a text of several statements, which the server takes for one transaction"
    else:
        place = "a DO block" if in_block else "a transaction"
    yield Hit(
        severity="unsafe",
        message=f"{what} cannot run inside {place}: PostgreSQL refuses it",
        names={"command": one_by_one(scene)} if in_one_text else {},
        safe_form="{command}" if in_one_text else None,
    )


def one_by_one(scene: Scene) -> str:
    """The statements that are sent as one text, each with a call of its own."""
    texts = [
        step.statement.text
        for step in scene.script.steps
        if step.transaction == scene.step.transaction and step.line == scene.step.line
    ]
    calls = "".join(f"\n    {execute_call(text)}" for text in texts)
    return f"with op.get_context().autocommit_block():{calls}"


def _outside_command(action: a.Action, scene: Scene) -> str | None:
    """The command, where it is one that PostgreSQL runs in transactions of its own."""
    if isinstance(action, a.CreateIndex) and action.concurrently:
        return "CREATE INDEX CONCURRENTLY"
    if isinstance(action, a.Drop) and action.kind == "index" and action.concurrently:
        return "DROP INDEX CONCURRENTLY"
    if isinstance(action, a.Reindex):
        return _reindex_outside(action, scene)
    if isinstance(action, a.DetachPartition) and action.concurrently:
        return "DETACH PARTITION CONCURRENTLY"
    if isinstance(action, a.RewriteTable):
        is_whole = action.table is None or is_partitioned(action.table, scene)
        return action.command.split()[0] if "VACUUM" in action.command or is_whole else None
    if isinstance(action, a.Maintain) and action.vacuum:
        return "VACUUM"
    if isinstance(action, a.Opaque) and action.outside:
        return action.what
    return action.outside if isinstance(action, a.Annotate) else None


def _reindex_outside(action: a.Reindex, scene: Scene) -> str | None:
    if action.concurrently:
        return "REINDEX CONCURRENTLY"
    table: Table | None = None
    if action.target and action.scope in ("table", "index"):
        by_index = action.scope == "index"
        find = scene.catalog.table_of_index if by_index else scene.catalog.table
        table = find(action.target)
    if action.scope in ("schema", "database", "system"):
        return f"REINDEX {action.scope.upper()}"
    return "REINDEX of a partitioned table" if table and table.kind == "partitioned" else None


def _invalid_left(action: a.CreateIndex, scene: Scene) -> Iterator[Hit]:
    if not action.concurrently or scene.is_new(action.table):
        return
    if action.if_not_exists:
        yield Hit(
            severity="caution",
            message=(
                "an earlier attempt that failed leaves an invalid index of this name, and IF NOT "
                "EXISTS keeps it without a word: the index is never used, or not unique"
            ),
            names=index_names(action, scene),
        )
    for name, timeout in timeouts(scene).items():
        yield Hit(
            severity="caution",
            message=f"{name} is {timeout}: {_TIMES_OUT}",
            names=index_names(action, scene),
            safe_form=f"SET {name} = 0;\n" + _CONCURRENTLY,
        )


def _rebuild_times_out(action: a.Reindex, scene: Scene) -> Iterator[Hit]:
    if not action.concurrently or scene.is_new(action.target):
        return
    for name, timeout in timeouts(scene).items():
        yield Hit(
            severity="caution",
            message=f"{name} is {timeout}: {_TIMES_OUT}",
            names={"scope": action.scope.upper(), "target": action.target or ""},
            safe_form=f"SET {name} = 0;\nREINDEX {{scope}} CONCURRENTLY {{target}};",
        )


def _invalid(action: a.CreateIndex | a.Reindex, scene: Scene) -> Iterator[Hit]:
    if isinstance(action, a.Reindex):
        return _rebuild_times_out(action, scene)
    return _invalid_left(action, scene)


_TIMES_OUT = (
    "CONCURRENTLY waits for every transaction that uses the table, may time out, and then leaves "
    "an invalid index behind, to be dropped before the next try"
)


def _concurrently_on_parent(action: a.CreateIndex, scene: Scene) -> Iterator[Hit]:
    if action.concurrently and not action.only and is_partitioned(action.table, scene):
        yield Hit(
            severity="unsafe",
            message=(
                f"{action.table} is partitioned: PostgreSQL refuses to build its index CONCURRENTLY"
            ),
            names=index_names(action, scene),
        )


def _corrupting(action: a.CreateIndex | a.Reindex, scene: Scene) -> Iterator[Hit]:
    if not action.concurrently or scene.version // 10_000 != 14:
        return
    minor = scene.version % 10_000
    known = 0 < minor < 1000
    if minor == 0 or minor <= 3:
        yield Hit(
            severity="unsafe" if known else "caution",
            message=(
                "CONCURRENTLY can corrupt the index on PostgreSQL 14.0 to 14.3"
                + ("" if known else "; the minor version is not known here")
            ),
            names={},
        )


def _wide(action: a.CreateIndex, scene: Scene) -> Iterator[Hit]:
    if action.width > WIDE and not action.unique:
        yield Hit(
            severity="info",
            message=(
                f"an index over {action.width} columns is large, slows every write, and rarely "
                "helps more than one over the first few"
            ),
            names=index_names(action, scene),
        )


_CONCURRENTLY = "CREATE {unique}INDEX CONCURRENTLY {index:bare} ON {table} {definition};"


PARTITIONED_INDEX = (
    PARTITIONED + "CREATE {unique}INDEX {index:bare} ON ONLY {table} {definition};\n"
    "-- for each partition, outside a transaction:\n"
    "CREATE {unique}INDEX CONCURRENTLY {index:bare}_<partition> ON <partition> {definition};\n"
    "ALTER INDEX {index} ATTACH PARTITION {index}_<partition>;"
)


_AUTOCOMMIT = (
    "with op.get_context().autocommit_block():\n"
    "    op.create_index(…, postgresql_concurrently=True)"
)


INDEX_RULES = (
    Rule(
        id="create-index",
        title="CREATE INDEX",
        kind="lock",
        on=(a.CreateIndex,),
        check=_create,
        lock="SHARE",
        why="Writes wait until the whole table is read and sorted.",
        safe_form="-- outside a transaction:\n" + _CONCURRENTLY,
    ),
    Rule(
        id="concurrently-in-transaction",
        title="CONCURRENTLY, VACUUM or CREATE DATABASE in a transaction",
        kind="lock",
        on=(
            *(a.CreateIndex, a.Drop, a.Reindex, a.DetachPartition, a.RewriteTable, a.Maintain),
            *(a.Opaque, a.Annotate),
        ),
        check=_in_transaction,
        lock="none: the statement fails",
        why="These commands commit in between and so must start outside a transaction.",
        safe_form=_AUTOCOMMIT,
    ),
    Rule(
        id="concurrently-leaves-invalid",
        title="CREATE INDEX or REINDEX CONCURRENTLY that keeps or leaves an invalid index",
        kind="lock",
        on=(a.CreateIndex, a.Reindex),
        check=_invalid,
        lock="SHARE UPDATE EXCLUSIVE",
        why=(
            "A concurrent build that fails leaves its index marked invalid: it costs on each "
            "write, serves no query, and blocks the name."
        ),
        safe_form=(
            "-- `python -m migrator upgrade` drops an invalid leftover first; by hand:\n"
            "SET lock_timeout = 0;\n"
            "DROP INDEX CONCURRENTLY IF EXISTS {index};  -- if pg_index.indisvalid is false\n"
            + _CONCURRENTLY
        ),
    ),
    Rule(
        id="concurrently-on-partitioned",
        title="CREATE INDEX CONCURRENTLY on a partitioned table",
        kind="lock",
        on=(a.CreateIndex,),
        check=_concurrently_on_parent,
        lock="none: the statement fails",
        why="PostgreSQL builds concurrently only on the partitions themselves.",
        safe_form=PARTITIONED_INDEX,
    ),
    Rule(
        id="concurrently-corrupts",
        title="CONCURRENTLY on PostgreSQL 14.0 to 14.3",
        kind="lock",
        on=(a.CreateIndex, a.Reindex),
        check=_corrupting,
        lock="SHARE UPDATE EXCLUSIVE",
        why="These minor versions can miss rows in a concurrent build.",
        safe_form="-- update the server to 14.4 or newer first",
        since=14,
        until=14,
    ),
    Rule(
        id="wide-index",
        title="Index over more than three columns",
        kind="style",
        on=(a.CreateIndex,),
        check=_wide,
        lock="none of its own",
        why="Wide indexes cost on each write and seldom pay.",
        safe_form="CREATE {unique}INDEX CONCURRENTLY {index:bare} ON {table} (<first columns>);",
    ),
)
