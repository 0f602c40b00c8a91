"""Functions and triggers that name what is renamed or dropped, in bodies kept as text."""

from collections.abc import Iterator

from migrator.lint.finding import Severity
from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.bodies import Certainty, calls, names_column, names_relation
from migrator.postgres.replay_departures import routines_named, signature
from migrator.postgres.statements import actions as a
from migrator.snapshot.programs import Routine, Trigger

SEVERITIES: dict[Certainty, Severity] = {"sure": "unsafe", "maybe": "caution"}
ColumnGone = a.RenameColumn | a.DropColumn


def _column(action: ColumnGone, scene: Scene) -> Iterator[Hit]:
    for key, routine in scene.catalog.routines.items():
        now = _at_commit(key, routine, scene)
        if now is None or not _is_run(routine, (), scene):
            continue
        for table, trigger in _runs_for(routine, action.table, scene) or [(action.table, None)]:
            found = names_column(
                now, table, action.column, scene.catalog, of_trigger=trigger is not None
            )
            if found is None:
                continue
            certainty, of_row = found
            if not of_row and _view_shows(action.table, action.column, scene):
                continue
            yield _hit(certainty, key, action, trigger if of_row else None, table)
            break


def _hit(
    certainty: Certainty, key: str, action: ColumnGone, trigger: Trigger | None, table: str
) -> Hit:
    may = "may name" if certainty == "maybe" else "names"
    if trigger is not None:
        events = " or ".join(trigger.events)
        message = (
            f"{key}, which the trigger {trigger.name} runs for each {events} of {table}, {may} "
            f"{action.column} of the row: these fail from this commit on"
        )
    else:
        message = (
            f"{key} {may} {action.table}.{action.column} in its text, which PostgreSQL reads when "
            "it runs: it fails from this commit on"
        )
    return Hit(severity=SEVERITIES[certainty], message=message, names={"definition": key})


Gone = a.RenameTable | a.SetSchema | a.RenameObject | a.Drop


def _object(action: Gone, scene: Scene) -> Iterator[Hit]:
    kind, names = _gone(action)
    if kind == "function":
        yield from _function(names, scene)
    for relation in names if kind in RELATIONS else ():
        if _is_there_again(relation, scene):
            continue
        for key, routine in scene.catalog.routines.items():
            now = _at_commit(key, routine, scene)
            is_run = now is not None and _is_run(routine, names, scene)
            found = names_relation(now, relation, scene.catalog) if now and is_run else None
            if found is not None:
                yield _named(key, relation, found)


def _gone(action: Gone) -> tuple[a.ObjectKind, tuple[str, ...]]:
    """The kind and the names of what is no longer there."""
    if isinstance(action, a.Drop):
        return action.kind, action.names
    if isinstance(action, a.RenameObject):
        return action.kind, (action.name,)
    return "table", (action.table,)


def _function(names: tuple[str, ...], scene: Scene) -> Iterator[Hit]:
    for name in names:
        of_name = routines_named(name, None, scene.catalog)
        if len(of_name) > 1 or _is_made_again(name, scene):
            continue  # another of that name may be the one that is meant
        for key, routine in scene.catalog.routines.items():
            now = _at_commit(key, routine, scene)
            if now is not None and routine.name not in names and calls(now, name):
                yield _named(key, name, "sure")


def _named(key: str, what: str, certainty: Certainty) -> Hit:
    may = "may name" if certainty == "maybe" else "names"
    return Hit(
        severity=SEVERITIES[certainty],
        message=(
            f"{key} {may} {what} in its text, which PostgreSQL reads when it runs: it fails from "
            "this commit on"
        ),
        names={"definition": key},
    )


def _runs_for(routine: Routine, table: str, scene: Scene) -> list[tuple[str, Trigger]]:
    """The triggers of a table, and of its parts, that run a function and are still there later."""
    names = (table, *(child.name for child in scene.catalog.children(table)))
    dropped = {
        (name, on)
        for other in scene.later(same_transaction=True)
        if isinstance(other, a.Drop) and other.kind == "trigger"
        for name, on in zip(other.names, other.tables, strict=True)
    }
    return [
        (name, trigger)
        for name in names
        if (known := scene.table(name)) is not None
        for trigger in known.triggers.values()
        if trigger.enabled
        and trigger.function == routine.name
        and not any(trigger.name == gone for gone, _ in dropped)
    ]


def _is_run(routine: Routine, dropped: tuple[str, ...], scene: Scene) -> bool:
    """False for a trigger function that no trigger of another table runs."""
    if not routine.header.lower().endswith("returns trigger"):
        return True
    return any(
        trigger.enabled and trigger.function == routine.name
        for table in scene.catalog.tables.values()
        if table.name not in dropped
        for trigger in table.triggers.values()
    )


def _at_commit(key: str, routine: Routine, scene: Scene) -> Routine | None:
    """The routine as the transaction leaves it; None if it is dropped."""
    for other in scene.later(same_transaction=True):
        if isinstance(other, a.CreateObject) and other.kind == "function":
            if signature(other.name, other.arguments) == key:
                routine = Routine(
                    name=other.name,
                    language=other.language,
                    header=other.header,
                    body=other.body,
                    search_path=other.search_path,
                )
        elif isinstance(other, a.Drop) and other.kind == "function" and routine.name in other.names:
            return None
    return routine


def _is_there_again(relation: str, scene: Scene) -> bool:
    """Whether the same transaction makes another relation of that name."""
    for other in scene.later(same_transaction=True):
        if isinstance(other, a.CreateObject) and other.kind in RELATIONS:
            made = other.name
        elif isinstance(other, a.CreateTable):
            made = other.table
        elif isinstance(other, a.RenameTable | a.SetSchema | a.RenameObject):
            made = other.new_name
        else:
            continue
        if made == relation:
            return True
    return False


def _is_made_again(function: str, scene: Scene) -> bool:
    return any(
        isinstance(other, a.CreateObject) and other.kind == "function" and other.name == function
        for other in scene.later(same_transaction=True)
    )


def _view_shows(table: str, column: str, scene: Scene) -> bool:
    """Whether a view that the transaction makes has the table's name, and the column."""
    return any(
        isinstance(other, a.CreateObject)
        and other.kind == "view"
        and other.name == table
        and {column, "*"} & {*other.columns}
        for other in scene.later(same_transaction=True)
    )


RELATIONS = ("table", "view", "materialized view", "sequence")
_WHY = (
    "Views, policies and keys follow a new name. The text of a PL/pgSQL or SQL function does not: "
    "PostgreSQL looks names up when it runs, so that the change succeeds and the next write fails."
)
_FORM = (
    "-- in the same transaction, with a body that names what is there:\n"
    "-- CREATE OR REPLACE FUNCTION {definition} …"
)

FUNCTION_BODY_RULES = (
    Rule(
        id="function-names-column",
        title="Function or trigger whose text names a renamed or dropped column",
        kind="compat",
        on=(a.RenameColumn, a.DropColumn),
        check=_column,
        lock="none",
        why=_WHY,
        safe_form=_FORM,
    ),
    Rule(
        id="function-names-object",
        title="Function whose text names a renamed or dropped table, view, sequence or function",
        kind="compat",
        on=(a.RenameTable, a.SetSchema, a.RenameObject, a.Drop),
        check=_object,
        lock="none",
        why=_WHY,
        safe_form=_FORM,
    ),
)
