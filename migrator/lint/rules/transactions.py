"""Timeouts, long transactions, statements outside of any, and broken nesting."""

from collections.abc import Iterator, Mapping

from migrator.lint.rule import Hit, Rule
from migrator.lint.rules.constraints import validates
from migrator.lint.rules.timeouts import milliseconds
from migrator.lint.scene import Scene
from migrator.postgres import lock_modes
from migrator.postgres.claims import effects
from migrator.postgres.statements import actions as a

LONG_LOCK_TIMEOUT_MS = 10_000


def _strong(scene: Scene) -> list[str]:
    """The relations in use that the statement stops writes to."""
    return [
        lock.relation
        for lock in scene.effects.locks
        if lock_modes.blocks_writes(lock.mode) and not scene.is_new(lock.relation)
    ]


def _no_timeout(action: a.Action, scene: Scene) -> Iterator[Hit]:
    if not scene.is_sql_file or not _strong(scene):
        return
    if scene.settings.get("lock_timeout") is not None:
        return
    yield Hit(
        severity="info",
        message=(
            f"no lock_timeout: while this waits for {_strong(scene)[0]}, all later queries queue "
            "behind it (`python -m migrator upgrade` sets timeouts itself)"
        ),
        names={},
    )


def _is_strong(action: a.Action, scene: Scene) -> bool:
    # Its strong lock comes last, when nobody uses the index any more.
    if isinstance(action, a.Drop) and action.concurrently:
        return False
    found = effects(action, scene.catalog, scene.version)
    return any(
        lock_modes.blocks_writes(lock.mode) and not scene.is_new(lock.relation)
        for lock in found.locks
    )


def _long_timeout(action: a.Setting, scene: Scene) -> Iterator[Hit]:
    if action.name != "lock_timeout" or action.value is None:
        return
    duration = milliseconds(action.value)
    if duration is None or 0 < duration <= LONG_LOCK_TIMEOUT_MS:
        return
    only_concurrent = duration == 0 and all(not _is_strong(other, scene) for other in scene.later())
    if not only_concurrent:
        yield Hit(
            severity="caution",
            message=(
                f"lock_timeout = {action.value} lets a waiting statement stop all later queries "
                "of its table for that long" + (" or for ever" if duration == 0 else "")
            ),
            names={},
        )


def _more_work(action: a.Action, scene: Scene) -> Iterator[Hit]:
    held = _held_around(action, scene)
    if not held:
        return
    if all(_takes_as_much(relation, mode, scene) for relation, mode in held.items()):
        return  # the statement's own locks have rules of their own
    table = next(iter(held))
    slow = [*scene.effects.scans, *scene.effects.rewrites, *_copied(action)]
    is_dml = isinstance(action, a.ChangeRows) and (action.from_query or not action.bounded)
    if isinstance(action, a.ChangeRows) and action.command == "INSERT" and not action.from_query:
        is_dml = False
    slow = [relation for relation in slow if not scene.is_new(relation)]
    if slow or is_dml:
        yield Hit(
            severity="unsafe",
            message=(
                f"{held[table]} on {table}, taken in this transaction, is held while this "
                f"reads or writes {slow[0] if slow else 'many rows'}"
            ),
            names={"table": table},
        )
        return
    others = [relation for relation in _strong(scene) if relation not in held]
    if others:
        yield Hit(
            severity="caution",
            message=(
                f"{held[table]} on {table} is held while this waits for {others[0]}: one strong "
                "lock a transaction"
            ),
            names={"table": table},
        )


def _held_around(action: a.Action, scene: Scene) -> Mapping[str, str]:
    """The strong locks of the transaction's other actions."""
    if not isinstance(action, a.ValidateConstraint):
        return scene.held
    if any(validates(action, other) for other in scene.earlier(same_transaction=True)):
        return {}  # the lock of its own ADD CONSTRAINT has a rule of its own
    held = dict(scene.held)
    # ALTER TABLE takes the strongest lock of its actions before the first of them.
    for other in scene.step.statement.actions[scene.position + 1 :]:
        mode = effects(other, scene.catalog, scene.version).mode_on(action.table)
        if mode is not None and lock_modes.blocks_writes(mode) and not scene.is_new(action.table):
            held[action.table] = lock_modes.stronger(held.get(action.table, mode), mode)
    return held


def _copied(action: a.Action) -> tuple[str, ...]:
    """The relations that are read to fill a new one."""
    if isinstance(action, a.CreateTable) and action.from_query and action.with_data:
        return action.like
    if isinstance(action, a.CreateObject) and action.kind == "materialized view":
        return action.reads if action.with_data else ()
    return ()


def _takes_as_much(relation: str, mode: str, scene: Scene) -> bool:
    own = scene.effects.mode_on(relation)
    return own is not None and lock_modes.STRENGTH[own] >= lock_modes.STRENGTH[mode]


def _not_rerunnable(action: a.Action, scene: Scene) -> Iterator[Hit]:
    if scene.step.transaction is not None or len(scene.script.steps) < 2:
        return
    guard = _missing_guard(action, scene)
    if guard is not None:
        yield Hit(
            severity="info" if scene.is_sql_file else "caution",
            message=(
                f"outside a transaction, and a second run after a failure stops here: write {guard}"
            ),
            names={"guard": guard},
        )


def _missing_guard(action: a.Action, scene: Scene) -> str | None:
    if isinstance(action, a.CreateTable) and not action.if_not_exists:
        return None if action.temporary else "IF NOT EXISTS"
    if isinstance(action, a.AddColumn) and not action.if_not_exists:
        return "IF NOT EXISTS"
    if isinstance(action, a.CreateIndex) and not action.concurrently and not action.if_not_exists:
        return None if scene.is_new(action.table) else "IF NOT EXISTS"
    if isinstance(action, a.ChangeEnum) and not action.old_value and not action.if_not_exists:
        return "IF NOT EXISTS"
    if isinstance(action, a.Drop) and not action.if_exists:
        return "IF EXISTS"
    if isinstance(action, a.DropColumn) and not action.column_if_exists:
        return "IF EXISTS"
    return None


def _nested(action: a.TransactionControl, scene: Scene) -> Iterator[Hit]:
    inside = scene.step.transaction is not None
    if action.command == "savepoint" or (scene.is_sql_file and action.command != "begin"):
        return
    if scene.is_sql_file and not inside:
        return
    outer = "a transaction that is open already" if scene.is_sql_file else "Alembic's transaction"
    yield Hit(
        severity="unsafe",
        message=(
            f"{action.command.upper()} inside {outer}: what comes after it is committed apart, so "
            "that a failure leaves half of the change"
        ),
        names={},
    )


ANY_TABLE = (
    a.OfTable,
    a.CreateTable,
    a.Drop,
    a.Truncate,
    a.Reindex,
    a.RewriteTable,
    a.Refresh,
    a.LockTable,
    a.ChangeObject,
    a.CreateObject,
)

TRANSACTION_RULES = (
    Rule(
        id="no-lock-timeout",
        title="Strong lock without lock_timeout",
        kind="lock",
        on=ANY_TABLE,
        check=_no_timeout,
        once=True,
        lock="whichever the statement takes",
        why="A statement that waits for its lock makes everyone else wait behind it.",
        safe_form="SET lock_timeout = '1s';\nSET statement_timeout = '5s';",
    ),
    Rule(
        id="long-lock-timeout",
        title="lock_timeout of 0 or above ten seconds",
        kind="lock",
        on=(a.Setting,),
        check=_long_timeout,
        lock="whichever the statements take",
        why="The queue behind a waiting statement grows for as long as the timeout allows.",
        safe_form="SET lock_timeout = '1s'; -- and try again",
    ),
    Rule(
        id="work-under-lock",
        title="More work in a transaction that holds a strong lock",
        kind="lock",
        on=ANY_TABLE,
        check=_more_work,
        lock="that of an earlier statement",
        why="A lock is held until the transaction ends, whatever else it does.",
        safe_form="-- put it in a revision of its own, before or after the change of {table}",
    ),
    Rule(
        id="not-rerunnable",
        title="Statement outside a transaction that cannot run twice",
        kind="style",
        on=(*ANY_TABLE, a.ChangeEnum),
        check=_not_rerunnable,
        lock="none of its own",
        why="After a failure the first statements are done and the rest is not.",
        safe_form="-- add {guard}",
    ),
    Rule(
        id="nested-transaction",
        title="BEGIN or COMMIT inside a transaction",
        kind="lock",
        on=(a.TransactionControl,),
        check=_nested,
        lock="none of its own",
        why="PostgreSQL has no nested transactions: the inner COMMIT ends the outer one.",
        safe_form="with op.get_context().autocommit_block():\n    …",
    ),
)
