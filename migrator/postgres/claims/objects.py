"""Claims about views, sequences, policies, rows and everything else."""

from migrator.postgres import lock_modes
from migrator.postgres.claims.draft import Claim, Draft
from migrator.postgres.dependents import written_tables
from migrator.postgres.statements import actions as a


def _exclusive(action: a.OfTable, draft: Draft) -> None:
    draft.lock(action.table, lock_modes.ACCESS_EXCLUSIVE)


def _tune(action: a.TuneTable, draft: Draft) -> None:
    mode = lock_modes.ACCESS_EXCLUSIVE if action.exclusive else lock_modes.SHARE_UPDATE
    draft.lock(action.table, mode)


def _statistics(action: a.CreateStatistics, draft: Draft) -> None:
    draft.lock(action.table, lock_modes.SHARE_UPDATE)


def _create_object(action: a.CreateObject, draft: Draft) -> None:
    if action.kind == "view" and action.replace and draft.table(action.name) is not None:
        draft.lock(action.name, lock_modes.ACCESS_EXCLUSIVE)
    elif action.kind == "materialized view" and action.with_data:
        for relation in action.reads:
            draft.look_up(relation)


def _rename_object(action: a.RenameObject, draft: Draft) -> None:
    if action.kind in ("view", "materialized view", "sequence"):
        draft.lock(action.name, lock_modes.ACCESS_EXCLUSIVE)
    elif action.kind == "index":
        draft.lock(action.name, lock_modes.SHARE_UPDATE)
    elif action.kind in ("trigger", "policy", "rule"):
        draft.lock(action.name.rpartition(" on ")[2], lock_modes.ACCESS_EXCLUSIVE)


def _change_object(action: a.ChangeObject, draft: Draft) -> None:
    if action.kind == "sequence" and action.change == "ALTER SEQUENCE":
        draft.lock(action.name, lock_modes.SHARE_ROW)
    elif action.kind == "view":
        draft.lock(action.name, lock_modes.ACCESS_EXCLUSIVE)
    for table in action.tables:
        draft.lock(table, lock_modes.SHARE_UPDATE)


def _annotate(action: a.Annotate, draft: Draft) -> None:
    draft.lock(action.table, lock_modes.SHARE_UPDATE)


def _refresh(action: a.Refresh, draft: Draft) -> None:
    draft.lock(
        action.view, lock_modes.EXCLUSIVE if action.concurrently else lock_modes.ACCESS_EXCLUSIVE
    )
    if not action.concurrently:
        draft.rewritten.append(action.view)
    view = draft.table(action.view)
    for relation in (action.view, *(name for name, _ in (view.reads if view else ()))):
        draft.look_up(relation)


def _change_rows(action: a.ChangeRows, draft: Draft) -> None:
    family = draft.family(action.table)
    table = draft.table(action.table)
    # Foreign keys are checked in the tables on their other side.
    keys = [key.references for key in table.foreign_keys()] if table else []
    others = [other.name for other, _ in draft.catalog.referencing(action.table)]
    for relation in (*action.reads, *keys, *others):
        draft.look_up(relation)
    if table is not None and table.kind == "view":
        _change_rows_below(action, draft)
    if action.command == "INSERT":
        draft.lock(action.table, lock_modes.ROW_EXCLUSIVE)
        return
    for relation in family:
        draft.lock(relation, lock_modes.ROW_EXCLUSIVE)
    if action.bounded:
        draft.look_up(action.table)
    else:
        draft.scan(family)


def _change_rows_below(action: a.ChangeRows, draft: Draft) -> None:
    """A write through a view reaches its table."""
    for name in written_tables(action.table, draft.catalog):
        draft.look_up(name)
        for relation in [name] if action.command == "INSERT" else draft.family(name):
            draft.lock(relation, lock_modes.ROW_EXCLUSIVE)


def _query(action: a.Query, draft: Draft) -> None:
    for relation in action.tables:
        draft.look_up(relation)
    for relation in action.locks_rows:
        draft.lock_tree(relation, lock_modes.ROW_SHARE)


def _lock_table(action: a.LockTable, draft: Draft) -> None:
    for table in action.tables:
        draft.lock_tree(table, action.mode)


def _change_domain(action: a.ChangeDomain, draft: Draft) -> None:
    adds = action.adds_constraint and not action.not_valid
    if not adds and not action.validates:
        return
    for table in draft.catalog.tables.values():
        if any(column.type == action.domain for column in table.columns.values()):
            draft.lock(table.name, lock_modes.SHARE)
            draft.scan([table.name])


OBJECT_CLAIMS: dict[type[a.Action], Claim] = {
    a.ChangeRowSecurity: _exclusive,
    a.ChangeOwner: _exclusive,
    a.ChangeReplicaIdentity: _exclusive,
    a.ChangePolicy: _exclusive,
    a.TuneTable: _tune,
    a.CreateStatistics: _statistics,
    a.CreateObject: _create_object,
    a.RenameObject: _rename_object,
    a.ChangeObject: _change_object,
    a.ChangeComposite: _change_object,
    a.ChangeSequence: _change_object,
    a.ChangePublication: _change_object,
    a.ChangeDomain: _change_domain,
    a.Annotate: _annotate,
    a.Refresh: _refresh,
    a.ChangeRows: _change_rows,
    a.Query: _query,
    a.LockTable: _lock_table,
}
