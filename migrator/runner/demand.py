"""What a statement asks of a running database, as the runner has to know it.

The facts about locks are `migrator.lint`'s, which a test holds against a traced server.
"""

import re
from dataclasses import dataclass
from typing import Literal

from migrator.postgres.claims import effects
from migrator.postgres.effects import Lock, combine
from migrator.postgres.lock_modes import SHARE_UPDATE, blocks_writes
from migrator.postgres.statements import Statement, summarise
from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog, Table
from migrator.snapshot.names import names_seen_by

# psycopg's placeholders, and the percent sign that it wants doubled.
_PLACEHOLDER = re.compile(r"%(?:\(\w+\)[sbt]|[sbt%])")

# Commands that run procedural code, which may commit by itself.
CODE = frozenset({"DO", "CALL"})

Patience = Literal["strong", "online", "maintenance", "plain"]


@dataclass(frozen=True, kw_only=True)
class Demand:
    """One statement, or several sent as one.

    locks: those that keep writers or readers out, on relations that were there before.
    patience: "strong" statements have such locks and must be quick; "online" ones let the
        application work and may take long; "maintenance" ones keep out only other changes of the
        schema and VACUUM; "plain" is everything else.
    transactional: whether it can run inside a transaction.
    changes: whether it changes anything; False for queries, settings and transaction control.
    holds: whether others may have to wait, for its locks or its rows, until the transaction ends.
    transaction_control: the first statement that begins or ends a transaction, as it is written.
    """

    actions: tuple[a.Action, ...]
    locks: tuple[Lock, ...]
    patience: Patience
    transactional: bool
    changes: bool
    holds: bool
    transaction_control: str | None

    def settings(self) -> frozenset[str]:
        """Names of the parameters that it sets."""
        return frozenset(each.name.lower() for each in self.actions if isinstance(each, a.Setting))


def demand_of(statement: str, catalog: Catalog, version: int) -> Demand:
    """Reads a statement as SQLAlchemy hands it to psycopg.

    catalog: what was there before the revision. version: a server_version_num.
    """
    sql = _PLACEHOLDER.sub(lambda found: "%" if found[0] == "%%" else "$1", statement)
    with names_seen_by(catalog.path):
        statements = summarise(sql)
    actions = tuple(action for each in statements for action in each.actions)
    code = any(each.text.split(None, 1)[0].upper() in CODE for each in statements if each.text)
    claimed = combine([effects(action, catalog, version) for action in actions]).locks
    maintenance = any(
        lock.mode == SHARE_UPDATE and lock.relation in catalog.tables for lock in claimed
    )
    locks = tuple(
        sorted(
            (
                lock
                for lock in claimed
                if blocks_writes(lock.mode) and lock.relation in catalog.tables
            ),
            key=lambda lock: lock.relation,
        )
    )
    return Demand(
        actions=actions,
        locks=locks,
        patience=_patience(actions, locks, maintenance=maintenance),
        transactional=not (
            code or any(_outside_transaction(action, catalog) for action in actions)
        ),
        changes=code
        or not all(
            isinstance(action, (a.Query, a.Setting, a.TransactionControl)) for action in actions
        ),
        holds=code or bool(locks) or any(_holds(action, catalog) for action in actions),
        transaction_control=next((each.text for each in statements if _controls(each)), None),
    )


def _controls(statement: Statement) -> bool:
    """Whether it begins or ends the transaction that it is in. COMMIT PREPARED ends another."""
    return statement.text.upper().split()[1:2] != ["PREPARED"] and any(
        isinstance(action, a.TransactionControl) and action.command != "savepoint"
        for action in statement.actions
    )


def _patience(
    actions: tuple[a.Action, ...], locks: tuple[Lock, ...], *, maintenance: bool
) -> Patience:
    # Some have a strong lock, too, but only at the end, when they have waited for the others.
    if actions and all(_is_online(action) for action in actions):
        return "online"
    if locks:
        return "strong"
    return "maintenance" if maintenance else "plain"


def _holds(action: a.Action, catalog: Catalog) -> bool:
    match action:
        case a.ChangeRows(table=table):
            return catalog.table(table) is not None
        case a.LockTable() | a.Opaque():
            return True
        case _:
            return False


def _is_online(action: a.Action) -> bool:
    match action:
        case (
            a.CreateIndex(concurrently=True)
            | a.Drop(concurrently=True)
            | a.Reindex(concurrently=True)
            | a.DetachPartition(concurrently=True)
            | a.DetachPartition(finalize=True)
            | a.Refresh(concurrently=True)
            | a.ValidateConstraint()
            | a.Maintain()
        ):
            return True
        case _:
            return False


def _outside_transaction(action: a.Action, catalog: Catalog) -> bool:
    match action:
        case (
            a.CreateIndex(concurrently=True)
            | a.Drop(concurrently=True)
            | a.Reindex(concurrently=True)
            | a.Reindex(scope="schema" | "database" | "system")
            | a.DetachPartition(concurrently=True)
            | a.Maintain(vacuum=True)
            | a.RewriteTable(command="VACUUM FULL")
            | a.RewriteTable(table=None)
            | a.Opaque()
            | a.Annotate(outside=str())
        ):
            return True
        # Of a partitioned table, PostgreSQL commits after each partition.
        case a.Reindex(scope="table", target=str(name)) | a.RewriteTable(table=str(name)):
            return _is_partitioned(catalog.table(name))
        case a.Reindex(scope="index", target=str(name)):
            return _is_partitioned(catalog.table_of_index(name))
        case _:
            return False


def _is_partitioned(table: Table | None) -> bool:
    return table is not None and table.kind == "partitioned"
