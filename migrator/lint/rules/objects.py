"""Triggers, policies, views, sequences, owners, publications and enums."""

from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.statements import actions as a


def _create_trigger(action: a.CreateTrigger, scene: Scene) -> Iterator[Hit]:
    if not scene.is_new(action.table):
        yield Hit(
            severity="info",
            message=(
                f"writes to {action.table} wait briefly (SHARE ROW EXCLUSIVE), and run the "
                "trigger from now on"
            ),
            names={"table": action.table},
        )


def _lose_trigger(action: a.ChangeTriggers | a.Drop, scene: Scene) -> Iterator[Hit]:
    if isinstance(action, a.Drop):
        tables = action.tables if action.kind == "trigger" else ()
        what, mode = "dropping the trigger", "ACCESS EXCLUSIVE"
    else:
        tables = (action.table,)
        what, mode = (
            ("enabling" if action.enable else "disabling") + " triggers",
            ("SHARE ROW EXCLUSIVE"),
        )
    for table in tables:
        if not scene.is_new(table):
            yield Hit(
                severity="info" if scene.contract else "caution",
                message=(
                    f"{what} takes {mode} on {table} and changes what the running application's "
                    "writes do"
                ),
                names={"table": table},
            )


def _row_security(action: a.ChangeRowSecurity, scene: Scene) -> Iterator[Hit]:
    if scene.is_new(action.table):
        return
    has_policy = any(
        isinstance(other, a.ChangePolicy) and other.table == action.table
        for other in (*scene.earlier(), *scene.whole_transaction())
    )
    hides = action.change == "enable" and not has_policy
    message = (
        f"without a policy every row of {action.table} is hidden from everyone but its owner"
        if hides
        else f"which rows of {action.table} the running application sees changes"
    )
    yield Hit(
        severity="unsafe" if hides else "caution", message=message, names={"table": action.table}
    )


def _behaviour(action: a.Action, scene: Scene) -> Iterator[Hit]:
    found = _describe(action, scene)
    if found is not None:
        subject, message = found
        yield Hit(
            severity="info" if scene.contract else "caution",
            message=message,
            names={"name": subject},
        )


def _describe(action: a.Action, scene: Scene) -> tuple[str, str] | None:
    if isinstance(action, a.ChangePolicy) and not scene.is_new(action.table):
        return action.table, (
            f"the policy or rule {action.policy} changes which rows of {action.table} the "
            "running application sees or writes (ACCESS EXCLUSIVE, brief)"
        )
    if isinstance(action, a.Drop) and action.kind in ("policy", "rule", "publication"):
        return action.names[0], f"dropping the {action.kind} {action.names[0]} changes behaviour"
    if isinstance(action, a.ChangeOwner) and not scene.is_new(action.table):
        return action.table, f"the old owner of {action.table} may lose its rights on it"
    if isinstance(action, a.ChangeReplicaIdentity) and not scene.is_new(action.table):
        return action.table, (
            f"ACCESS EXCLUSIVE on {action.table}, brief; logical replication of its updates changes"
        )
    is_object = isinstance(action, a.CreateObject | a.ChangeObject)
    if is_object and scene.is_new_object(action.kind, action.name):
        return None
    if isinstance(action, a.CreateObject) and action.replace:
        return action.name, f"old and new code both run the new {action.kind} {action.name}"
    if isinstance(action, a.ChangeObject) and action.kind != "statistics":
        name = action.name or f"a {action.kind}"
        return name, f"{action.change} {action.name} changes behaviour for old code too".replace(
            "  ", " "
        )
    if isinstance(action, a.TuneTable) and action.exclusive and not scene.is_new(action.table):
        return action.table, f"ACCESS EXCLUSIVE on {action.table}, brief"
    return None


def _refresh(action: a.Refresh, scene: Scene) -> Iterator[Hit]:
    if not action.concurrently and action.with_data and not scene.is_new(action.view):
        yield Hit(
            severity="unsafe",
            message=f"reads of {action.view} wait (ACCESS EXCLUSIVE) while its query runs",
            names={"view": action.view},
        )


def _refresh_refused(action: a.Refresh, scene: Scene) -> Iterator[Hit]:
    view = scene.table(action.view)
    if not action.concurrently or view is None or not scene.catalog.complete:
        return
    # One of all rows, by plain columns.
    if not any(i.unique and i.valid and i.columns and not i.uses for i in view.indexes.values()):
        yield Hit(
            severity="unsafe",
            message=(
                f"PostgreSQL refuses this: {action.view} has no unique index of plain columns, "
                "without WHERE, to tell its rows by"
            ),
            names={"view": action.view},
        )


def _enum_added(action: a.ChangeEnum, scene: Scene) -> Iterator[Hit]:
    if action.old_value is not None or scene.is_new(action.type):
        return
    names = {"enum": action.type, "value": action.value.replace("'", "''")}
    yield Hit(
        severity="caution",
        message=(
            f"the running application may read {action.value!r} of {action.type} as soon as new "
            "code writes it"
        ),
        names=names,
    )
    literal = f"'{action.value}'"
    steps = scene.script.steps[scene.step.index + 1 :]
    if scene.step.transaction is not None and any(
        step.transaction == scene.step.transaction and literal in step.statement.text
        for step in steps
    ):
        yield Hit(
            severity="unsafe",
            message=(
                f"{literal} is used in the transaction that adds it: PostgreSQL refuses a value "
                "that is not committed"
            ),
            names=names,
        )


def _enum_renamed(action: a.ChangeEnum, scene: Scene) -> Iterator[Hit]:
    if action.old_value is not None and not scene.is_new(action.type):
        yield Hit(
            severity="unsafe",
            message=f"the running application still writes and compares {action.old_value!r}",
            names={"enum": action.type, "value": action.value.replace("'", "''")},
        )


ON_BEHAVIOUR = (
    a.ChangePolicy,
    a.Drop,
    a.ChangeOwner,
    a.ChangeReplicaIdentity,
    a.CreateObject,
    a.ChangeObject,
    a.TuneTable,
)

OBJECT_RULES = (
    Rule(
        id="create-trigger",
        title="New trigger",
        kind="lock",
        on=(a.CreateTrigger,),
        check=_create_trigger,
        lock="SHARE ROW EXCLUSIVE, brief",
        why="It waits for the table's writers, and later writers wait for it.",
        safe_form="-- run it with a short lock_timeout and retries (`python -m migrator upgrade`)",
    ),
    Rule(
        id="change-trigger",
        title="Trigger dropped, disabled or enabled",
        kind="lock",
        on=(a.ChangeTriggers, a.Drop),
        check=_lose_trigger,
        lock="ACCESS EXCLUSIVE to drop, SHARE ROW EXCLUSIVE to disable",
        why="What the trigger kept in step no longer is, while old code still relies on it.",
        safe_form='-- in a revision with phase = "contract", when no code needs it on {table}',
    ),
    Rule(
        id="row-security",
        title="Row level security switched",
        kind="compat",
        on=(a.ChangeRowSecurity,),
        check=_row_security,
        lock="ACCESS EXCLUSIVE, brief",
        why="Queries do not fail: they silently see other rows.",
        safe_form=(
            "CREATE POLICY everyone ON {table} USING (true);\n"
            "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
            "-- then narrow the policy once the application is ready"
        ),
    ),
    Rule(
        id="change-behaviour",
        title="Policy, owner, rights, view, function, sequence or publication changed",
        kind="compat",
        on=ON_BEHAVIOUR,
        check=_behaviour,
        lock="ACCESS EXCLUSIVE on a relation, brief",
        why="Nothing fails at once, but old code works with what new code expects.",
        safe_form="-- add the new one beside {name}, move the code, remove the old in contract",
    ),
    Rule(
        id="refresh-materialized-view",
        title="REFRESH MATERIALIZED VIEW",
        kind="lock",
        on=(a.Refresh,),
        check=_refresh,
        lock="ACCESS EXCLUSIVE on the view",
        why="Its readers wait for the whole query.",
        safe_form=(
            "-- needs a unique index on the view:\nREFRESH MATERIALIZED VIEW CONCURRENTLY {view};"
        ),
    ),
    Rule(
        id="refresh-concurrently-refused",
        title="REFRESH MATERIALIZED VIEW CONCURRENTLY without a unique index",
        kind="lock",
        on=(a.Refresh,),
        check=_refresh_refused,
        lock="none: the statement fails",
        why="Old and new rows are compared by a unique index.",
        safe_form=(
            "-- outside a transaction:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY ON {view} (<columns>);\n"
            "REFRESH MATERIALIZED VIEW CONCURRENTLY {view};"
        ),
    ),
    Rule(
        id="enum-add-value",
        title="New enum value",
        kind="compat",
        on=(a.ChangeEnum,),
        check=_enum_added,
        lock="none on tables",
        why="Old code meets a value it does not know; a value can be used only once committed.",
        safe_form=(
            "-- a release before the code that writes it, outside a transaction:\n"
            "ALTER TYPE {enum} ADD VALUE IF NOT EXISTS '{value}';"
        ),
    ),
    Rule(
        id="enum-rename-value",
        title="Renamed enum value",
        kind="compat",
        on=(a.ChangeEnum,),
        check=_enum_renamed,
        lock="none on tables",
        why="Both names cannot be valid at once.",
        safe_form=(
            "-- a release before the code that writes it, outside a transaction:\n"
            "ALTER TYPE {enum} ADD VALUE IF NOT EXISTS '{value}';\n"
            "-- and then move the rows in batches"
        ),
    ),
)
