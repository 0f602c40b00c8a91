"""What functions and procedures do that a statement calls, as far as their bodies are known."""

from functools import lru_cache

from migrator.postgres.statements import actions as a
from migrator.postgres.statements.do_block import body_actions
from migrator.postgres.statements.statement import actions_of_text
from migrator.snapshot import Catalog
from migrator.snapshot.programs import Routine

# How deep functions call each other before it is left at that.
DEPTH = 5


def called(action: a.Action, catalog: Catalog) -> tuple[a.Action, ...]:
    """The actions of the bodies that an action runs, in order; Opaque for what hides in them."""
    return tuple(_called(action, catalog, DEPTH))


def is_known(function: str, catalog: Catalog) -> bool:
    """Whether all that a function does stands in its body, and in those that it calls."""
    routine = _routine(function, catalog)
    return routine is not None and not any(
        isinstance(each, a.Opaque) for each in _run(routine, catalog, DEPTH)
    )


def _called(action: a.Action, catalog: Catalog, depth: int) -> list[a.Action]:
    match action:
        case a.Query(functions=names):
            pass
        case a.Opaque(procedure=str(name)):
            names = (name,)
        case _:
            return []
    routines = [_routine(name, catalog) for name in names]
    return [
        found
        for routine in routines
        if routine is not None
        for found in _run(routine, catalog, depth)
    ]


def _run(routine: Routine, catalog: Catalog, depth: int) -> list[a.Action]:
    found: list[a.Action] = []
    for action in _actions(routine.language, routine.header, routine.body or ""):
        nested = _called(action, catalog, depth - 1) if depth else []
        is_read = bool(nested) and not any(isinstance(each, a.Opaque) for each in nested)
        if not (isinstance(action, a.Opaque) and action.procedure and is_read):
            found.append(action)
        found += nested
    return found


def _routine(name: str, catalog: Catalog) -> Routine | None:
    """The only one of that name, where its body can be read; those of extensions are theirs."""
    found = [routine for routine in catalog.routines.values() if routine.name.lower() == name]
    if len(found) != 1 or found[0].of_extension or found[0].body is None:
        return None
    return found[0] if found[0].language in ("sql", "plpgsql") else None


@lru_cache(maxsize=1024)
def _actions(language: str, header: str, body: str) -> tuple[a.Action, ...]:
    if language == "sql":
        return actions_of_text(body)
    return body_actions(body, actions_of_text, header=header, what="a function")
