"""What a rule may look at: the statement, its effects, and everything around it."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from migrator.postgres.effects import Effects
from migrator.postgres.pending_events import PendingEvent
from migrator.postgres.statements import actions as a
from migrator.project.script import Script, Step
from migrator.snapshot import Catalog, Column, Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One action in its surroundings. `version` is a server_version_num.

    catalog: the state before the action. effects: what the action does.
    created: relations and types that the script itself made, which share their names.
    created_objects: (kind, name) of what else it made. position: of the action in its statement.
    held: the modes in which earlier actions of the transaction have locked relations that were
    there before, where writes wait for them. settings: what SET has set for this statement.
    referenced: the tables that foreign keys made earlier in the transaction point at.
    pending: the tables with rows that deferred constraints have yet to check, and which.
    new_indexes: the columns of the indexes that the script makes anywhere, by table.
    """

    script: Script
    step: Step
    version: int
    catalog: Catalog
    effects: Effects
    created: Set[str]
    created_objects: Set[tuple[str, str]] = field(default_factory=frozenset)
    position: int = 0
    held: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str | None] = field(default_factory=dict)
    referenced: Set[str] = field(default_factory=frozenset)
    pending: Mapping[str, PendingEvent] = field(default_factory=dict)
    new_indexes: Mapping[str, list[tuple[str, ...]]] = field(default_factory=dict)

    @property
    def contract(self) -> bool:
        """Whether this runs when the old application is gone."""
        return self.script.phase == "contract"

    @property
    def is_sql_file(self) -> bool:
        """Whether this is plain SQL, which the migrator's own runner need not run."""
        return self.script.facts is None

    def is_new(self, *relations: str | None) -> bool:
        """Whether all the relations were made by this script, so that nobody uses them yet."""
        return all(relation in self.created for relation in relations)

    def is_new_object(self, kind: a.ObjectKind, name: str) -> bool:
        """Whether an object of any kind was made by this script."""
        if kind in a.NAMED_AS_TYPES:
            return self.is_new(name)
        return (kind, name) in self.created_objects

    def table(self, name: str) -> Table | None:
        """What is known of a table."""
        return self.catalog.table(name)

    def column(self, table: str, column: str) -> Column | None:
        """What is known of a column."""
        known = self.catalog.table(table)
        return known.columns.get(column) if known else None

    def earlier(self, *, same_transaction: bool = False) -> Iterator[a.Action]:
        """The actions of the script before this one."""
        yield from self._actions(self.script.steps[: self.step.index], same_transaction)
        yield from self.step.statement.actions[: self.position]

    def later(self, *, same_transaction: bool = False) -> Iterator[a.Action]:
        """The actions of the script after this one."""
        yield from self.step.statement.actions[self.position + 1 :]
        yield from self._actions(self.script.steps[self.step.index + 1 :], same_transaction)

    def whole_transaction(self) -> Iterator[a.Action]:
        """The actions of this statement's transaction, in order."""
        if self.step.transaction is None:
            return iter(self.step.statement.actions)
        return self._actions(self.script.steps, True)

    def _actions(self, steps: tuple[Step, ...], same_transaction: bool) -> Iterator[a.Action]:
        transaction = self.step.transaction
        for step in steps:
            if same_transaction and (transaction is None or step.transaction != transaction):
                continue
            yield from step.statement.actions
