"""Views and functions that PostgreSQL does not put in the place of those that are there."""

from collections.abc import Iterator
from itertools import zip_longest

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.replay_departures import signature
from migrator.postgres.statements import actions as a
from migrator.postgres.statements.functions import Interface, interface


def _of_view(action: a.CreateObject, scene: Scene) -> Iterator[Hit]:
    known = scene.table(action.name)
    if action.kind != "view" or not action.replace or known is None or not action.columns:
        return
    if known.kind != "view":
        return
    for old, new in zip_longest(known.columns, action.columns):
        if old is None or new == "*":
            return
        if new != old:
            change = f"goes from {known.name}" if new is None else f"would be called {new}"
            yield Hit(
                severity="unsafe",
                message=f"PostgreSQL refuses this: the column {old} {change}",
                names={"command": scene.step.statement.text},
                safe_form=(
                    "-- new columns stand behind those that are there; else, in one transaction, "
                    f"with what reads it:\nDROP VIEW {known.name};\n{{command}};"
                ),
            )
            return


def _of_function(action: a.CreateObject, scene: Scene) -> Iterator[Hit]:
    if action.kind != "function" or not action.replace:
        return
    key = signature(action.name, action.arguments)
    routine = scene.catalog.routines.get(key)
    old = interface(routine.header) if routine is not None else None
    new = interface(action.header)
    difference = _difference(old, new) if old is not None and new is not None else None
    if difference is not None:
        yield Hit(
            severity="unsafe",
            message=f"PostgreSQL refuses this: {difference}",
            names={"function": key, "command": scene.step.statement.text},
        )


def _difference(old: Interface, new: Interface) -> str | None:
    """What a function would have to keep."""
    for before, after in zip(old.names, new.names, strict=False):
        if before and before != after:
            return f"the parameter {before} would be called {after or 'nothing'}"
    if old.returns and new.returns and old.returns != new.returns:
        return f"it returns {old.returns}, and would return {new.returns}"
    return None


_LOCK = "none: the statement fails"

REFUSED_REPLACEMENT_RULES = (
    Rule(
        id="replace-view-refused",
        title="Replaced view without a column that it has",
        kind="compat",
        on=(a.CreateObject,),
        check=_of_view,
        lock=_LOCK,
        why="OR REPLACE keeps the columns of a view, with names and types, and adds to them.",
        safe_form="DROP VIEW …;\nCREATE VIEW … AS SELECT …;",
    ),
    Rule(
        id="replace-function-refused",
        title="Replaced function that returns something else, or calls a parameter otherwise",
        kind="compat",
        on=(a.CreateObject,),
        check=_of_function,
        lock=_LOCK,
        why="OR REPLACE keeps what callers rely on: the names of parameters, and what comes back.",
        safe_form=(
            "-- in one transaction, with the triggers, policies and defaults that call it:\n"
            "DROP FUNCTION {function};\n{command};"
        ),
    ),
)
