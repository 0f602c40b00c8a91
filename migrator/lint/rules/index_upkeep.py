"""Indexes that exist: dropped, rebuilt and replaced."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.indexes import PARTITIONED_INDEX, index_names, is_partitioned
from migrator.lint.safe_form import PARTITIONED
from migrator.lint.scene import Scene
from migrator.postgres.identifiers import quoted
from migrator.postgres.statements import actions as a
from migrator.snapshot import Table


def _drop(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.kind != "index" or action.concurrently:
        return
    for index in action.names:
        table = scene.catalog.table_of_index(index)
        owner = table.name if table else "its table"
        if table is None or not scene.is_new(table.name):
            yield Hit(
                severity="unsafe",
                message=(
                    f"reads and writes of {owner} wait (ACCESS EXCLUSIVE on {owner} and {index})"
                ),
                names={"index": index, "table": owner},
                safe_form=_form_of_drop(index, table),
            )


def _form_of_drop(index: str, table: Table | None) -> str | None:
    if table is None:
        return None
    if index in table.constraints:
        return "-- it goes with its constraint only:\nALTER TABLE {table} DROP CONSTRAINT {index};"
    return _PARTITIONED if table.kind == "partitioned" or table.indexes[index].parent else None


def _drop_refused(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.kind != "index" or not action.concurrently:
        return
    if len(action.names) > 1:
        forms = "\n".join(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(n)};" for n in action.names)
        yield Hit(
            severity="unsafe",
            message="PostgreSQL refuses this: CONCURRENTLY drops one index at a time",
            safe_form=_OUTSIDE + forms,
        )
    for index in action.names if action.cascade else ():
        yield Hit(
            severity="unsafe",
            message="PostgreSQL refuses this: CONCURRENTLY and CASCADE exclude each other",
            names={"index": index},
            safe_form=_DEPENDENTS_FIRST,
        )
    for index in action.names:
        table = scene.catalog.table_of_index(index)
        if table is not None and table.kind == "partitioned":
            yield Hit(
                severity="unsafe",
                message=(
                    f"PostgreSQL refuses this: {index} is an index of {table.name}, which is "
                    "partitioned, and is not dropped CONCURRENTLY"
                ),
                names={"index": index},
            )


def _reindex(action: a.Reindex, scene: Scene) -> Iterator[Hit]:
    if not action.concurrently and not scene.is_new(action.target):
        target = action.target or "the database"
        yield Hit(
            severity="unsafe",
            message=(
                f"writes to {target} wait (SHARE), and so does every query that would use the "
                "index (ACCESS EXCLUSIVE), while it is built again"
            ),
            names={"scope": action.scope.upper(), "target": action.target or ""},
        )


def _replace(action: a.Drop, scene: Scene) -> Iterator[Hit]:
    if action.kind != "index":
        return
    for name in action.names:
        table = scene.catalog.table_of_index(name)
        old = table.indexes[name].columns if table else ()
        is_valid = table is not None and table.indexes[name].valid
        for other in scene.later():
            if not isinstance(other, a.CreateIndex) or scene.is_new(other.table):
                continue
            # An attempt that failed left its index, which only this can remove.
            if action.concurrently and other.index == name and not is_valid:
                continue
            alike = other.index == name or (
                table is not None and other.table == table.name and old[:1] == other.columns[:1]
            )
            if alike:
                yield Hit(
                    severity="caution",
                    message=(
                        f"{name} is dropped before {other.index or 'its successor'} exists: "
                        "queries in between read the whole table"
                    ),
                    names={"index": name} | index_names(other, scene) | {"old": name},
                    safe_form=_REPLACED if is_partitioned(other.table, scene) else None,
                )


_OUTSIDE = "-- outside a transaction:\n"
_DEPENDENTS_FIRST = (
    "-- drop what depends on it first, such as a foreign key; then, outside a transaction:\n"
    "DROP INDEX CONCURRENTLY IF EXISTS {index};"
)
_PARTITIONED = (
    PARTITIONED + "-- CONCURRENTLY is refused; alone in its transaction, with a short\n"
    "-- lock_timeout and retries (`python -m migrator upgrade` does both):\n"
    "DROP INDEX IF EXISTS {index};"
)
_REPLACED = (
    PARTITIONED_INDEX.replace("{index}", "{index}_new").replace("{index:bare}", "{index:bare}_new")
    + "\n-- then, alone in its transaction:\n"
    "DROP INDEX IF EXISTS {old};\n"
    "ALTER INDEX {index}_new RENAME TO {index:bare};"
)

INDEX_UPKEEP_RULES = (
    Rule(
        id="drop-index",
        title="DROP INDEX",
        kind="lock",
        on=(a.Drop,),
        check=_drop,
        lock="ACCESS EXCLUSIVE on the table and the index",
        why="It queues behind every running query of the table, and all others behind it.",
        safe_form=_OUTSIDE + "DROP INDEX CONCURRENTLY IF EXISTS {index};",
    ),
    Rule(
        id="drop-index-concurrently-refused",
        title="DROP INDEX CONCURRENTLY of several, partitioned or needed indexes",
        kind="lock",
        on=(a.Drop,),
        check=_drop_refused,
        lock="none: the statement fails",
        why="It drops one index that nothing depends on, in transactions of its own.",
        safe_form=_PARTITIONED,
    ),
    Rule(
        id="reindex",
        title="REINDEX",
        kind="lock",
        on=(a.Reindex,),
        check=_reindex,
        lock="SHARE on the table, ACCESS EXCLUSIVE on the index",
        why="Even planning a query needs the index, so reads wait as well.",
        safe_form="-- outside a transaction:\nREINDEX {scope} CONCURRENTLY {target};",
    ),
    Rule(
        id="replace-index",
        title="Index dropped before its successor exists",
        kind="scan",
        on=(a.Drop,),
        check=_replace,
        lock="none of its own",
        why="Between the two the queries that need either are slow.",
        safe_form=(
            "CREATE {unique}INDEX CONCURRENTLY {index:bare}_new ON {table} {definition};\n"
            "DROP INDEX CONCURRENTLY IF EXISTS {old};\n"
            "ALTER INDEX {index}_new RENAME TO {index:bare};"
        ),
    ),
)
