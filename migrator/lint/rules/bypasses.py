"""Ways past what PostgreSQL looks after: its own tables, its checks, its transactions' ends."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a

SYSTEM_SCHEMA = "pg_catalog."
# Written to like a SET of the parameter.
WRITABLE = {"pg_settings"}
# What works inside a transaction only, by its first word.
NEEDS_TRANSACTION = {"LOCK": "LOCK TABLE", "SAVEPOINT": "SAVEPOINT", "RELEASE": "RELEASE SAVEPOINT"}


def _system_catalog(action: a.ChangeRows, scene: Scene) -> Iterator[Hit]:
    name = action.table.removeprefix(SYSTEM_SCHEMA)
    is_own = scene.table(action.table) is not None or scene.is_new(action.table)
    if name.startswith("pg_") and "." not in name and name not in WRITABLE and not is_own:
        yield Hit(
            severity="unsafe",
            message=(
                f"{action.command} of {name}: PostgreSQL neither checks what its own tables hold "
                "nor locks what they describe, and running sessions keep what they have read"
            ),
            names={"table": name},
        )


def _replication_role(action: a.Setting, scene: Scene) -> Iterator[Hit]:
    if action.name != "session_replication_role" or (action.value or "").lower() != "replica":
        return
    written = _written_while(scene, only_local=action.local)
    if written:
        yield Hit(
            severity="unsafe",
            message=(
                "session_replication_role = replica: no trigger fires and no foreign key is "
                f"checked for what is written to {written[0]}"
            ),
            names={"table": written[0]},
        )


def _written_while(scene: Scene, *, only_local: bool) -> list[str]:
    """The tables that are written to until the setting ends."""
    found: list[str] = []
    for action in scene.later(same_transaction=only_local):
        if isinstance(action, a.Setting) and action.name in ("session_replication_role", "all"):
            break
        if isinstance(action, a.ChangeRows) and not scene.is_new(action.table):
            found.append(action.table)
    return found


def _prepared(action: a.TransactionControl, scene: Scene) -> Iterator[Hit]:
    if action.prepares:
        yield Hit(
            severity="unsafe",
            message=(
                "PREPARE TRANSACTION keeps every lock of the transaction, through restarts of the "
                "server too, until somebody ends it with COMMIT PREPARED"
            ),
        )


def _outside(action: a.Action, scene: Scene) -> Iterator[Hit]:
    word = scene.step.statement.text.split(None, 1)[0].upper()
    if scene.step.transaction is None and word in NEEDS_TRANSACTION:
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {NEEDS_TRANSACTION[word]} outside a transaction",
        )


BYPASS_RULES = (
    Rule(
        id="write-system-catalog",
        title="UPDATE, DELETE or INSERT of PostgreSQL's own tables",
        kind="compat",
        on=(a.ChangeRows,),
        check=_system_catalog,
        lock="ROW EXCLUSIVE on the system table, none on what it describes",
        why="What is written there is believed: wrong rows, lost indexes, a database that ends.",
        safe_form="-- use the ALTER statement that there is for it",
    ),
    Rule(
        id="unchecked-writes",
        title="Rows written with session_replication_role = replica",
        kind="compat",
        on=(a.Setting,),
        check=_replication_role,
        lock="none",
        why="Rows without their parents stay, and nothing finds them later.",
        safe_form="-- write the rows of {table} in an order that its foreign keys allow",
    ),
    Rule(
        id="prepared-transaction",
        title="PREPARE TRANSACTION",
        kind="lock",
        on=(a.TransactionControl,),
        check=_prepared,
        lock="those of the transaction, until it is ended by hand",
        why="Nobody ends it when the session is gone, and its locks and old rows stay.",
        safe_form="COMMIT;",
    ),
    Rule(
        id="needs-transaction",
        title="LOCK TABLE or SAVEPOINT outside a transaction",
        kind="lock",
        on=(a.LockTable, a.TransactionControl),
        check=_outside,
        lock="none: the statement fails",
        why="A lock and a savepoint last until the end of a transaction.",
        safe_form="BEGIN;\n-- it, and what it is for\nCOMMIT;",
    ),
)
