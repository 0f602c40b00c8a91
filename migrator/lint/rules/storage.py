"""Whole tables: their files, their partitions, their rows at once."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.lint.summary import actions as a


def _change_storage(action: a.ChangeStorage, scene: Scene) -> Iterator[Hit]:
    known = scene.table(action.table)
    partitioned = known is not None and known.kind == "partitioned"
    if scene.is_new(action.table) or partitioned:
        return
    change = f"SET {action.change.upper()}"
    yield Hit(
        severity="unsafe",
        message=f"{change} writes {action.table} to a new file under ACCESS EXCLUSIVE",
        names={"table": action.table, "change": change, "target": action.target or ""},
        safe_form=_INDEX_FORM if action.of_index else None,
    )


def _rewrite(action: a.RewriteTable, scene: Scene) -> Iterator[Hit]:
    if action.table is None or not scene.is_new(action.table):
        what = action.table or "each table of the database"
        yield Hit(
            severity="unsafe",
            message=f"{action.command} writes {what} to a new file under ACCESS EXCLUSIVE",
            names={"table": action.table or ""},
        )


def _truncate(action: a.Truncate, scene: Scene) -> Iterator[Hit]:
    for table in action.tables:
        if scene.is_new(table):
            continue
        others = sorted({o.name for o, _ in scene.catalog.referencing(table)})
        reach = ""
        if action.cascade:
            reach = (
                f", and all of {', '.join(others)}"
                if others
                else (", and all tables that reference it")
            )
        yield Hit(
            severity="unsafe",
            message=f"all rows of {table}{reach} are lost, under ACCESS EXCLUSIVE",
            names={"table": table},
        )


def _detach(action: a.DetachPartition, scene: Scene) -> Iterator[Hit]:
    if not action.concurrently and not scene.is_new(action.table):
        yield Hit(
            severity="unsafe",
            message=(
                f"reads and writes of all of {action.table} wait (ACCESS EXCLUSIVE on it and on "
                f"{action.partition})"
            ),
            names={"table": action.table, "partition": action.partition},
            safe_form=_DETACH_13 if scene.version < 140000 else None,
        )


def _create_partition(action: a.CreateTable, scene: Scene) -> Iterator[Hit]:
    parent = action.partition_of
    if parent is not None and not scene.is_new(parent):
        yield Hit(
            severity="unsafe",
            message=f"PARTITION OF takes ACCESS EXCLUSIVE on {parent}: its reads and writes wait",
            names={"table": parent, "partition": action.table},
        )


def _attach(action: a.AttachPartition, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.partition):
        return
    part = scene.table(action.partition)
    known = part.constraints.values() if part else ()
    has_check = any(c.kind == "check" and c.validated for c in known)
    if not has_check:
        yield Hit(
            severity="caution",
            message=(
                f"every row of {action.partition} is tested against the bound under ACCESS "
                "EXCLUSIVE; no validated CHECK that implies it is known here"
            ),
            names={"table": action.table, "partition": action.partition},
        )


def _whole_table(action: a.ChangeRows, scene: Scene) -> Iterator[Hit]:
    if action.command == "INSERT" or action.bounded:
        return
    if scene.is_new(action.table):
        return
    if action.filtered:
        which = "its WHERE compares nothing with a value, so it may be every row"
    else:
        which = "it has no WHERE"
    yield Hit(
        severity="unsafe",
        message=(
            f"{action.command} of {action.table} in one transaction ({which}): each row stays "
            "locked until the end, and whoever writes one of them waits for minutes"
        ),
        names={"table": action.table, "command": action.command},
    )


_DETACH_13 = (
    "-- CONCURRENTLY needs PostgreSQL 14; until then alone in its transaction, with a short\n"
    "-- lock_timeout and retries (`python -m migrator upgrade` does both):\n"
    "ALTER TABLE {table} DETACH PARTITION {partition};"
)
_INDEX_FORM = "-- outside a transaction:\nREINDEX (TABLESPACE {target}) INDEX CONCURRENTLY {table};"

STORAGE_RULES = (
    Rule(
        id="change-storage",
        title="SET TABLESPACE, LOGGED, UNLOGGED or ACCESS METHOD",
        rows=(45,),
        kind="rewrite",
        on=(a.ChangeStorage,),
        check=_change_storage,
        lock="ACCESS EXCLUSIVE with a rewrite",
        why="The table is copied to a new file while nobody can use it.",
        safe_form=(
            "CREATE TABLE {table}_new (LIKE {table} INCLUDING ALL);\n"
            "-- with the wanted storage; copy in batches, keep both in step with a trigger,\n"
            "-- then swap the names in one short transaction"
        ),
    ),
    Rule(
        id="rewrite-table",
        title="CLUSTER or VACUUM FULL",
        rows=(46,),
        kind="rewrite",
        on=(a.RewriteTable,),
        check=_rewrite,
        lock="ACCESS EXCLUSIVE with a rewrite",
        why="The table is copied to a new file while nobody can use it.",
        safe_form="-- use pg_repack on {table}, or REPACK CONCURRENTLY from PostgreSQL 19",
    ),
    Rule(
        id="truncate",
        title="TRUNCATE",
        rows=(47,),
        kind="compat",
        on=(a.Truncate,),
        check=_truncate,
        lock="ACCESS EXCLUSIVE",
        why="The rows cannot be brought back, and readers wait.",
        safe_form="-- delete in batches: DELETE FROM {table} WHERE id BETWEEN … AND …;",
    ),
    Rule(
        id="detach-partition",
        title="DETACH PARTITION without CONCURRENTLY",
        rows=(48,),
        kind="lock",
        on=(a.DetachPartition,),
        check=_detach,
        lock="ACCESS EXCLUSIVE on the parent and the partition",
        why="Queries on every other partition wait too.",
        safe_form=(
            "-- outside a transaction:\n"
            "ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;"
        ),
    ),
    Rule(
        id="create-partition",
        title="CREATE TABLE .. PARTITION OF",
        rows=(49,),
        kind="lock",
        on=(a.CreateTable,),
        check=_create_partition,
        lock="ACCESS EXCLUSIVE on the parent",
        why="Queries on every partition of the parent wait.",
        safe_form=(
            "CREATE TABLE {partition} (LIKE {table} INCLUDING ALL);\n"
            "ALTER TABLE {partition} ADD CONSTRAINT {partition:bare}_bound CHECK (…);\n"
            "-- takes SHARE UPDATE EXCLUSIVE on {table}, and reads nothing thanks to the CHECK:\n"
            "ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES …;"
        ),
    ),
    Rule(
        id="attach-partition-scan",
        title="ATTACH PARTITION that reads the partition",
        rows=(49,),
        kind="scan",
        on=(a.AttachPartition,),
        check=_attach,
        lock="ACCESS EXCLUSIVE on the partition during a scan",
        why="Without a CHECK that implies the bound, every row is tested.",
        safe_form=(
            "ALTER TABLE {partition} ADD CONSTRAINT {partition:bare}_bound CHECK (…) NOT VALID;\n"
            "ALTER TABLE {partition} VALIDATE CONSTRAINT {partition:bare}_bound;\n"
            "ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES …;"
        ),
    ),
    Rule(
        id="whole-table-write",
        title="UPDATE or DELETE of a whole table",
        rows=(57,),
        kind="lock",
        on=(a.ChangeRows,),
        check=_whole_table,
        lock="ROW EXCLUSIVE, and every row until the end",
        why="Row locks of one long transaction stall the application's writes.",
        safe_form=(
            "-- in batches, outside the migration: a Backfill in migrations/backfills/, run by\n"
            "-- `python -m migrator backfill run …`"
        ),
    ),
)
