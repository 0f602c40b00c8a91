"""What the statements of a script do, as the catalog and the session change along the way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migrator.postgres.called import called
from migrator.postgres.claims import effects
from migrator.postgres.effects import Effects, combine
from migrator.postgres.replay import known_or_new, replay
from migrator.postgres.statements import actions as a
from migrator.project.progress import Progress
from migrator.project.script import Script, Step
from migrator.snapshot import Catalog, Column


@dataclass(frozen=True, kw_only=True, slots=True)
class StepClaims:
    """What a statement does."""

    step: Step
    effects: Effects


class ScriptWalk:
    """Goes through a script's statements in order, and carries catalog and session forward.

    catalog: the state before the first statement; it is changed. version: a server_version_num.
    """

    def __init__(self, script: Script, catalog: Catalog, version: int) -> None:
        self.script = script
        self.catalog = catalog
        self.version = version
        self.progress = Progress()
        self._zone = catalog.timezone
        _learn_types(script, catalog)
        catalog.doubtful = catalog.doubtful or bool(script.opaque)

    def actions(self, step: Step) -> Iterator[tuple[int, a.Action, Effects]]:
        """Each action of the next statement: its position, itself, and its effects.

        While one is looked at, catalog and progress are as they are before it.
        """
        self.progress.enter(step.transaction)
        for position, action in enumerate(step.statement.actions):
            self.catalog.timezone = self.progress.settings.get("timezone") or self._zone
            for each in self._with_called(action):
                found = effects(each, self.catalog, self.version)
                yield position, each, found
                self.progress.after(each, found, self.catalog)
                replay(each, self.catalog)
        self.catalog.timezone = self._zone

    def _with_called(self, action: a.Action) -> list[a.Action]:
        """The action, then what the functions do that it calls; only this where it tells all."""
        inside = called(action, self.catalog)
        if isinstance(action, a.Opaque) and inside:
            hidden = any(isinstance(each, a.Opaque) for each in inside)
            return [*([action] if hidden else []), *_readable(inside)]
        return [action, *_readable(inside)]


def _readable(actions: Iterable[a.Action]) -> list[a.Action]:
    """What hides in a body is told of the statement that runs it."""
    return [each for each in actions if not isinstance(each, a.Opaque | a.Query)]


def script_claims(script: Script, catalog: Catalog, version: int) -> list[StepClaims]:
    """The claims about each statement of a script; the catalog is carried forward."""
    walk = ScriptWalk(script, catalog, version)
    return [claimed(step, [found for _, _, found in walk.actions(step)]) for step in script.steps]


def claimed(step: Step, parts: list[Effects]) -> StepClaims:
    """The claims about a statement, from those about its actions."""
    return StepClaims(step=step, effects=combine(parts) if parts else Effects())


def _learn_types(script: Script, catalog: Catalog) -> None:
    """An `op.alter_column(existing_type=…)` tells what no statement of the history did."""
    added = _perhaps_added(script) if script.known_types else set[tuple[str, str]]()
    for (table, column), type_name in script.known_types.items():
        if (table, column) not in added:
            known = known_or_new(catalog, table)
            known.columns.setdefault(column, Column(name=column, type=type_name))


def _perhaps_added(script: Script) -> set[tuple[str, str]]:
    """(table, column) of each ADD COLUMN IF NOT EXISTS: before it there may be none."""
    return {
        (action.table, action.column.name)
        for step in script.steps
        for action in step.statement.actions
        if isinstance(action, a.AddColumn) and action.if_not_exists
    }
