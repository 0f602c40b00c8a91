"""Claims about constraints and triggers."""

from migrator.postgres import lock_modes
from migrator.postgres.claims.draft import Claim, Draft
from migrator.postgres.statements import actions as a
from migrator.snapshot import Constraint


def _add_constraint(action: a.AddConstraint, draft: Draft) -> None:
    new = action.constraint
    if new.kind == "foreign key":
        _add_foreign_key(action, draft)
        return
    family = _locked(action, draft)
    if new.kind == "check":
        if not new.not_valid and new.enforced:
            draft.scan(family)
    elif new.kind == "not null":
        _add_not_null(action, family, draft)
    elif new.using_index is not None:
        if new.kind == "primary key":
            _primary_key_columns(action, family, draft)
    else:
        # The index is built under the lock; so is the check for NULL of a primary key.
        draft.scan(family)


def _locked(action: a.AddConstraint, draft: Draft) -> list[str]:
    """Locks the table and, without ONLY, its partitions and inheriting tables."""
    if not action.only:
        return draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    draft.lock(action.table, lock_modes.ACCESS_EXCLUSIVE)
    # A partitioned table has no rows of its own, whether or not its partitions are known.
    return [] if draft.is_partitioned(action.table) else [action.table]


def _add_foreign_key(action: a.AddConstraint, draft: Draft) -> None:
    new = action.constraint
    family = draft.lock_tree(action.table, lock_modes.SHARE_ROW)
    if new.references is not None:
        draft.lock_tree(new.references, lock_modes.SHARE_ROW)
    if not new.not_valid and new.enforced:
        draft.scan(family)
        draft.look_up(new.references)


def _add_not_null(action: a.AddConstraint, family: list[str], draft: Draft) -> None:
    if action.constraint.not_valid:
        return
    column = action.constraint.columns[0]
    tables = [(name, draft.table(name)) for name in family]
    draft.scan([name for name, table in tables if not (table and table.proves_not_null(column))])


def _primary_key_columns(action: a.AddConstraint, family: list[str], draft: Draft) -> None:
    """ADD PRIMARY KEY USING INDEX also sets NOT NULL on each column of the index."""
    table = draft.table(action.table)
    index = table.indexes.get(action.constraint.using_index or "") if table else None
    seen = index is not None and all(c in table.columns for c in index.columns) if table else False
    if table is None or index is None or not seen:
        draft.scan(family)
        draft.assumed.append("the scan is spared where the index's columns are NOT NULL already")
    elif not all(table.proves_not_null(column) for column in index.columns):
        draft.scan(family)


def unlock_foreign_key(table: str, key: Constraint, draft: Draft) -> None:
    """Dropping a foreign key drops its triggers, on the referenced table too."""
    draft.lock(table, lock_modes.ACCESS_EXCLUSIVE)
    draft.lock(key.references, lock_modes.ACCESS_EXCLUSIVE)


def _drop_constraint(action: a.DropConstraint, draft: Draft) -> None:
    draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    table = draft.table(action.table)
    known = table.constraints.get(action.constraint) if table else None
    if known is None:
        if table is None or not table.complete:
            draft.assumed.append(
                "if the constraint is a foreign key, the table that it references is locked too"
            )
    elif known.kind == "foreign key":
        unlock_foreign_key(action.table, known, draft)
    elif known.kind in ("primary key", "unique") and action.cascade:
        for other, key in draft.catalog.referencing(action.table):
            if set(key.referenced_columns) == set(known.columns):
                draft.lock(other.name, lock_modes.ACCESS_EXCLUSIVE)


def _may_have(constraint: str, name: str, draft: Draft) -> bool:
    """False for an inheriting table without its parent's constraint, as after NO INHERIT."""
    table = draft.table(name)
    return table is None or not table.complete or constraint in table.constraints


def _validate(action: a.ValidateConstraint, draft: Draft) -> None:
    table = draft.table(action.table)
    known = table.constraints.get(action.constraint) if table else None
    family = draft.family(action.table)
    if known is not None and known.kind in ("check", "not null"):
        family = [name for name in family if _may_have(action.constraint, name, draft)]
    for name in family:
        draft.lock(name, lock_modes.SHARE_UPDATE)
    if known is not None and known.validated:
        return
    if known is not None and known.kind == "foreign key":
        draft.lock(known.references, lock_modes.ROW_SHARE)
        draft.look_up(known.references)
    draft.scan([name for name in family if not _is_validated(action.constraint, name, draft)])


def _is_validated(constraint: str, name: str, draft: Draft) -> bool:
    table = draft.table(name)
    known = table.constraints.get(constraint) if table else None
    return known is not None and known.validated


def _alter_constraint(action: a.AlterConstraint, draft: Draft) -> None:
    table = draft.table(action.table)
    known = table.constraints.get(action.constraint) if table else None
    draft.lock(action.table, lock_modes.ACCESS_EXCLUSIVE)
    if action.enforced is None:
        return  # the triggers stay, whenever they check
    if known is not None and known.references is not None:
        # Triggers are made on the other table, or dropped.
        mode = lock_modes.SHARE_ROW if action.enforced else lock_modes.ACCESS_EXCLUSIVE
        draft.lock(known.references, mode)
    if action.enforced:
        draft.scan([action.table])
        draft.look_up(known.references if known else None)


def _rename_constraint(action: a.RenameConstraint, draft: Draft) -> None:
    draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)


def _create_trigger(action: a.CreateTrigger, draft: Draft) -> None:
    draft.lock_tree(action.table, lock_modes.SHARE_ROW)


def _change_triggers(action: a.ChangeTriggers, draft: Draft) -> None:
    draft.lock_tree(action.table, lock_modes.SHARE_ROW)


CONSTRAINT_CLAIMS: dict[type[a.Action], Claim] = {
    a.AddConstraint: _add_constraint,
    a.DropConstraint: _drop_constraint,
    a.ValidateConstraint: _validate,
    a.AlterConstraint: _alter_constraint,
    a.RenameConstraint: _rename_constraint,
    a.CreateTrigger: _create_trigger,
    a.ChangeTriggers: _change_triggers,
}
