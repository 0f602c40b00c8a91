"""Whole tables: their files, their rows at once."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres import lock_modes
from migrator.postgres.statements import actions as a


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


def _whole_table(action: a.ChangeRows, scene: Scene) -> Iterator[Hit]:
    if action.command == "INSERT" or action.bounded:
        return
    if scene.is_new(action.table):
        return
    if action.filtered:
        which = "its WHERE names no value and no range with two ends, so it may be every row"
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


def _all_rows_locked(action: a.Query, scene: Scene) -> Iterator[Hit]:
    if scene.step.transaction is None or action.bounded:
        return
    for table in action.locks_rows:
        if not scene.is_new(table):
            yield Hit(
                severity="unsafe",
                message=(
                    f"SELECT FOR UPDATE or SHARE of {table} locks each row that it finds, which "
                    "may be all, until the transaction ends: whoever writes one of them waits"
                ),
                names={"table": table},
            )


def _copy(action: a.ChangeRows | a.CreateTable, scene: Scene) -> Iterator[Hit]:
    for table in _copied(action):
        mode = scene.held.get(table)
        kept_still = mode is not None and lock_modes.blocks_writes(mode)
        if kept_still or scene.is_new(table) or _has_trigger(table, scene):
            continue
        if any(_takes_its_place(action.table, table, later) for later in scene.later()):
            yield Hit(
                severity="unsafe",
                message=(
                    f"{action.table} takes the place of {table} later on, and what the running "
                    f"application writes to {table} from this copy until then is lost"
                ),
                names={"table": table, "copy": action.table},
            )


def _copied(action: a.ChangeRows | a.CreateTable) -> tuple[str, ...]:
    if isinstance(action, a.CreateTable):
        return action.like if action.from_query and action.with_data else ()
    return action.reads if action.command == "INSERT" and action.from_query else ()


def _has_trigger(table: str, scene: Scene) -> bool:
    """Whether one of its triggers may keep the copy in step."""
    known = scene.table(table)
    return known is not None and bool(known.triggers)


def _takes_its_place(copy: str, table: str, later: a.Action) -> bool:
    if isinstance(later, a.RenameTable | a.SetSchema):
        return later.table == copy and later.new_name == table
    return False


_INDEX_FORM = "-- outside a transaction:\nREINDEX (TABLESPACE {target}) INDEX CONCURRENTLY {table};"

STORAGE_RULES = (
    Rule(
        id="change-storage",
        title="SET TABLESPACE, LOGGED, UNLOGGED or ACCESS METHOD",
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
        kind="compat",
        on=(a.Truncate,),
        check=_truncate,
        lock="ACCESS EXCLUSIVE",
        why="The rows cannot be brought back, and readers wait.",
        safe_form="-- delete in batches: DELETE FROM {table} WHERE id BETWEEN … AND …;",
    ),
    Rule(
        id="whole-table-write",
        title="UPDATE or DELETE of a whole table",
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
    Rule(
        id="whole-table-row-locks",
        title="SELECT FOR UPDATE of a whole table",
        kind="lock",
        on=(a.Query,),
        check=_all_rows_locked,
        lock="ROW SHARE, and every row until the end",
        why="Row locks of a long transaction stall the application's writes.",
        safe_form=(
            "-- a batch in a transaction of its own:\n"
            "SELECT … FROM {table} WHERE … ORDER BY … LIMIT 1000 FOR UPDATE SKIP LOCKED;"
        ),
    ),
    Rule(
        id="copy-loses-writes",
        title="Copy that takes the place of its table",
        kind="compat",
        on=(a.ChangeRows, a.CreateTable),
        check=_copy,
        lock="none that keeps writes away",
        why="A copy holds the rows as they were when it began.",
        safe_form=(
            "-- a trigger on {table} writes to {copy} too, before any row is copied;\n"
            "-- copy in batches, then swap the names in one short transaction.\n"
            "-- Of a small table: LOCK TABLE {table} IN SHARE MODE, first in the transaction"
        ),
    ),
)
