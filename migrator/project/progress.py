"""What the actions of a script have done so far, carried from one to the next."""

from dataclasses import dataclass, field

from migrator.postgres import lock_modes
from migrator.postgres.effects import Effects
from migrator.postgres.pending_events import PendingEvents
from migrator.postgres.statements import actions as a
from migrator.project.script import Script
from migrator.snapshot import Catalog


@dataclass(kw_only=True, slots=True)
class Progress:
    """The state of a script's session and of its present transaction.

    created, created_objects, held, pending: see `Scene`.
    kept: what ROLLBACK leaves of the first two.
    """

    created: set[str] = field(default_factory=set)
    created_objects: set[tuple[str, str]] = field(default_factory=set)
    kept: tuple[set[str], set[tuple[str, str]]] = field(default_factory=lambda: (set(), set()))
    transaction: int | None = None
    held: dict[str, str] = field(default_factory=dict)
    referenced: set[str] = field(default_factory=set)
    pending: PendingEvents = field(default_factory=PendingEvents)
    session: dict[str, str | None] = field(default_factory=dict)
    local: dict[str, str | None] = field(default_factory=dict)

    def enter(self, transaction: int | None) -> None:
        """Begins a statement. Outside a transaction each is alone."""
        if transaction is None or transaction != self.transaction:
            self.held, self.referenced = {}, set()
            self.pending = PendingEvents()
            self.local = {}
        self.transaction = transaction

    @property
    def settings(self) -> dict[str, str | None]:
        """The parameters as they are for the next statement."""
        return self.session | self.local

    def after(self, action: a.Action, found: Effects, catalog: Catalog) -> None:
        """Notes what an action has done. `catalog` is the state before it."""
        self.created |= _created_by(action, self.created, catalog)
        if isinstance(action, a.CreateObject) and not (action.replace or action.if_not_exists):
            self.created_objects.add((action.kind, action.name))
        elif isinstance(action, a.TransactionControl):
            self._end_or_begin(action)
        for lock in found.locks:
            if lock_modes.blocks_writes(lock.mode) and lock.relation not in self.created:
                held = self.held.get(lock.relation, lock.mode)
                self.held[lock.relation] = lock_modes.stronger(held, lock.mode)
        self.referenced |= {p for _, p in new_references(action) if p not in self.created}
        if isinstance(action, a.RenameTable | a.SetSchema) and action.table in self.held:
            self.held[action.new_name] = self.held[action.table]
        if isinstance(action, a.Setting):
            self._set(action)
        self.pending.after(action, catalog)

    def _end_or_begin(self, action: a.TransactionControl) -> None:
        if action.command == "rollback":
            self.created, self.created_objects = self.kept
        if action.command != "savepoint":
            self.kept = set(self.created), set(self.created_objects)

    def _set(self, action: a.Setting) -> None:
        if action.name == "all":
            self.session, self.local = {}, {}
        elif action.local:
            self.local[action.name] = action.value
        else:
            self.local.pop(action.name, None)
            self.session[action.name] = action.value


def new_references(action: a.Action) -> list[tuple[str, str]]:
    """(table, referenced table) of each foreign key that an action makes between two tables."""
    if isinstance(action, a.CreateTable):
        pairs = [(action.table, key.references) for key in action.foreign_keys()]
    elif isinstance(action, a.AddConstraint) and action.constraint.kind == "foreign key":
        pairs = [(action.table, action.constraint.references)]
    elif isinstance(action, a.AddColumn):
        keys = [c for c in action.column.constraints if c.kind == "foreign key"]
        pairs = [(action.table, key.references) for key in keys]
    else:
        pairs = []
    return [(table, parent) for table, parent in pairs if parent is not None and table != parent]


def new_indexes(script: Script) -> dict[str, list[tuple[str, ...]]]:
    """The columns of the indexes that a script makes, by table."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for step in script.steps:
        for action in step.statement.actions:
            if isinstance(action, a.CreateIndex):
                found.setdefault(action.table, []).append(action.columns)
    return found


def _created_by(action: a.Action, created: set[str], catalog: Catalog) -> set[str]:
    """The relations and types that an action makes, or that a new one is renamed to."""
    if isinstance(action, a.CreateTable):
        is_old = action.if_not_exists and _may_exist(action.table, catalog)
        return set() if is_old else {action.table}
    if isinstance(action, a.CreateIndex) and action.index and not action.if_not_exists:
        return {action.index}
    if isinstance(action, a.CreateObject) and action.kind in a.NAMED_AS_TYPES:
        is_old = action.if_not_exists and _may_exist(action.name, catalog)
        return set() if is_old or action.replace else {action.name}
    if isinstance(action, a.RenameTable | a.SetSchema) and action.table in created:
        return {action.new_name}
    return set()


def _may_exist(relation: str, catalog: Catalog) -> bool:
    """Whether IF NOT EXISTS may have found it there."""
    return not catalog.complete or catalog.table(relation) is not None
