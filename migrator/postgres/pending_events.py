"""Deferred checks that a transaction still has to do, and that keep its tables from changes.

A foreign key, a unique key or a constraint trigger that is DEFERRED puts off its work to the end
of the transaction. Until then "pending trigger events" keep ALTER TABLE and its like out (55006).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from migrator.postgres.dependents import written_tables
from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog, Constraint, Table


class PendingEvent(NamedTuple):
    """What has put off its work. certain: whatever the values are."""

    name: str
    certain: bool


@dataclass(kw_only=True, slots=True)
class PendingEvents:
    """The state of one transaction.

    tables: with what they wait for. by_default: of SET CONSTRAINTS ALL, None without one. named:
    of SET CONSTRAINTS with names. saved: the tables at each SAVEPOINT.
    """

    tables: dict[str, PendingEvent] = field(default_factory=dict)
    by_default: bool | None = None
    named: dict[str, bool] = field(default_factory=dict)
    saved: dict[str, dict[str, PendingEvent]] = field(default_factory=dict)

    def after(self, action: a.Action, catalog: Catalog) -> None:
        """Notes what an action leaves to be done; `catalog` is the state before it."""
        if isinstance(action, a.SetConstraints):
            self._set(action)
        elif isinstance(action, a.ChangeRows):
            for table, event in self._left_by(action, catalog):
                known = self.tables.get(table)
                self.tables[table] = event if known is None or event.certain else known
        elif isinstance(action, a.TransactionControl) and action.savepoint is not None:
            if action.undoes:
                self.tables = dict(self.saved.get(action.savepoint, {}))
            else:
                self.saved[action.savepoint] = dict(self.tables)

    def _set(self, action: a.SetConstraints) -> None:
        if action.constraints is None:
            self.by_default, self.named = action.deferred, {}
        else:
            self.named |= dict.fromkeys(action.constraints, action.deferred)
        if not action.deferred:
            # What they have put off is done at once.
            self.tables = {
                table: event
                for table, event in self.tables.items()
                if action.constraints is not None and event.name not in action.constraints
            }

    def _is_deferred(self, name: str, deferrable: bool, deferred: bool) -> bool:
        usual = deferred if self.by_default is None else self.by_default
        return deferrable and self.named.get(name, usual)

    def _left_by(
        self, action: a.ChangeRows, catalog: Catalog
    ) -> Iterator[tuple[str, PendingEvent]]:
        for name in written_tables(action.table, catalog):
            for change in _changes(action):
                yield from self._of_table(name, change, catalog, frozenset())

    def _of_table(
        self, name: str, change: "_Change", catalog: Catalog, seen: frozenset[str]
    ) -> Iterator[tuple[str, PendingEvent]]:
        if name in seen:
            return
        # A partition has the keys and triggers of its parents, and their rows are in the parts.
        family = [name, *(child.name for child in catalog.children(name))]
        for table in _with_parents(name, catalog):
            for event in self._own(table, change):
                yield from ((member, event) for member in family)
            for other, key in catalog.referencing(table.name):
                if not self._is_deferred(key.name, key.deferrable, key.deferred):
                    continue
                if change.touches(_referenced(key, table)):
                    seen_now = seen | {name}
                    yield from self._of_referenced(family, other, key, change, catalog, seen_now)

    def _own(self, table: Table, change: "_Change") -> Iterator[PendingEvent]:
        for key in table.constraints.values():
            if not self._is_deferred(key.name, key.deferrable, key.deferred):
                continue
            if key.kind == "foreign key" and change.stores(key.columns):
                yield PendingEvent(key.name, certain=True)
            elif key.kind in ("unique", "primary key", "exclude") and change.stores(key.columns):
                yield PendingEvent(key.name, certain=False)
        for trigger in table.triggers.values():
            waits = self._is_deferred(trigger.name, trigger.deferrable, trigger.deferred)
            fires = change.command in trigger.events and (
                change.command != "UPDATE" or change.touches(trigger.columns)
            )
            if trigger.enabled and waits and fires:
                yield PendingEvent(trigger.name, certain=True)

    def _of_referenced(
        self,
        family: list[str],
        other: Table,
        key: Constraint,
        change: "_Change",
        catalog: Catalog,
        seen: frozenset[str],
    ) -> Iterator[tuple[str, PendingEvent]]:
        """The other side: it looks for rows that are left alone, or changes them."""
        if change.command == "INSERT":
            return
        does = key.on_update if change.command == "UPDATE" else key.on_delete
        event = PendingEvent(key.name, certain=True)
        if does == "no action":
            yield from ((member, event) for member in family)
        elif does == "set default" or (does == "cascade" and change.command == "UPDATE"):
            yield other.name, event
        elif does == "cascade":
            yield from self._of_table(other.name, _Change("DELETE", None), catalog, seen)


class _Change(NamedTuple):
    """columns: those that are set, None where it may be any."""

    command: str
    columns: tuple[str, ...] | None

    def touches(self, columns: tuple[str, ...]) -> bool:
        """Whether one of these may be changed; none stand for all."""
        if self.command != "UPDATE" or self.columns is None or not columns:
            return True
        return bool({*columns} & {*self.columns})

    def stores(self, columns: tuple[str, ...]) -> bool:
        """Whether a new value may be stored in one of these."""
        return self.command != "DELETE" and self.touches(columns)


def _changes(action: a.ChangeRows) -> list[_Change]:
    if action.command != "UPDATE":
        return [_Change(action.command, None)]
    # Of a MERGE nothing is known but that it writes.
    return [_Change("UPDATE", action.columns or None)]


def _referenced(key: Constraint, table: Table) -> tuple[str, ...]:
    """The columns that a foreign key references: by default, the primary key."""
    return key.referenced_columns or table.primary_key_columns


def _with_parents(name: str, catalog: Catalog) -> Iterator[Table]:
    seen: set[str] = set()
    table = catalog.table(name)
    while table is not None and table.name not in seen:
        seen.add(table.name)
        yield table
        parent = catalog.table(table.parent) if table.parent else None
        table = parent if parent is not None and parent.kind == "partitioned" else None
