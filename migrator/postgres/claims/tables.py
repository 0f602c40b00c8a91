"""Claims about whole tables, partitions and indexes."""

from migrator.postgres import lock_modes
from migrator.postgres.claims.constraints import unlock_foreign_key
from migrator.postgres.claims.draft import Claim, Draft
from migrator.postgres.dependents import columns_dropped, finds_index, relations_in, views_needing
from migrator.postgres.partition_bounds import (
    default_excludes,
    default_partition,
    missing_indexes,
    own_foreign_key,
    proves_bound,
)
from migrator.postgres.statements import actions as a
from migrator.snapshot import Constraint, Table


def _create_table(action: a.CreateTable, draft: Draft) -> None:
    if action.from_query:
        for relation in action.like:
            draft.look_up(relation)
    for key in action.foreign_keys():
        if key.references != action.table:
            draft.lock(key.references, lock_modes.SHARE_ROW)
    if action.partition_of is not None:
        _partition(action.partition_of, draft, is_default=action.is_default_partition)
    for parent in action.inherits:
        draft.lock(parent, lock_modes.SHARE_UPDATE)


def _partition(parent: str, draft: Draft, *, is_default: bool) -> None:
    """A new partition: the default partition, if any, must hold none of its rows."""
    draft.lock(parent, lock_modes.ACCESS_EXCLUSIVE)
    _default_partition(parent, draft, is_default=is_default)
    table = draft.table(parent)
    for key in table.foreign_keys() if table else ():
        draft.lock(key.references, lock_modes.SHARE_ROW)


def _default_partition(parent: str, draft: Draft, *, is_default: bool) -> None:
    default = default_partition(parent, draft.catalog)
    if default is not None and not is_default:
        draft.scan(draft.lock_tree(default.name, lock_modes.ACCESS_EXCLUSIVE))


def _drop(action: a.Drop, draft: Draft) -> None:
    if action.kind == "index":
        _drop_index(action, draft)
    elif action.kind in ("trigger", "policy", "rule"):
        for table in action.tables:
            draft.lock_tree(table, lock_modes.ACCESS_EXCLUSIVE)
    elif action.kind in ("table", "view", "materialized view", "sequence"):
        for name in action.names:
            _drop_relation(name, action, draft)
    elif action.kind == "schema" and action.cascade:
        for schema in action.names:
            for name in relations_in(schema, draft.catalog):
                _drop_relation(name, action, draft)
    if action.cascade and action.kind in ("schema", "type", "domain", "table"):
        _drop_columns_of_type(action, draft)


def _drop_columns_of_type(action: a.Drop, draft: Draft) -> None:
    """A type goes with the columns of it, and a table is a type too."""
    for table, column in columns_dropped(action, draft.catalog):
        draft.lock(table.name, lock_modes.ACCESS_EXCLUSIVE)
        for key in table.foreign_keys():
            if column in key.columns:
                unlock_foreign_key(table.name, key, draft)
        for view in views_needing(table.name, column, draft.catalog):
            draft.lock(view, lock_modes.ACCESS_EXCLUSIVE)


def _drop_relation(name: str, action: a.Drop, draft: Draft) -> None:
    for relation in draft.lock_tree(name, lock_modes.ACCESS_EXCLUSIVE):
        table = draft.table(relation)
        if table is None:
            continue
        draft.lock(table.parent, lock_modes.ACCESS_EXCLUSIVE)
        for key in table.foreign_keys():
            unlock_foreign_key(relation, key, draft)
    if action.kind == "table" and draft.table(name) is None:
        draft.assumed.append("the tables that its foreign keys reference are locked as well")
    if action.cascade:
        for other, _ in draft.catalog.referencing(name):
            draft.lock(other.name, lock_modes.ACCESS_EXCLUSIVE)
        for view in views_needing(name, None, draft.catalog):
            draft.lock(view, lock_modes.ACCESS_EXCLUSIVE)


def _drop_index(action: a.Drop, draft: Draft) -> None:
    mode = lock_modes.SHARE_UPDATE if action.concurrently else lock_modes.ACCESS_EXCLUSIVE
    for index in action.names:
        table = draft.catalog.table_of_index(index)
        if table is None:
            draft.assumed.append("the index's table, which is locked too, is not known here")
        else:
            draft.lock(table.name, mode)
        # Concurrently too, at the very end, when nobody can be using the index any more.
        draft.lock(index, lock_modes.ACCESS_EXCLUSIVE)


def _rename(action: a.RenameTable | a.SetSchema, draft: Draft) -> None:
    draft.lock(action.table, lock_modes.ACCESS_EXCLUSIVE)


def _change_storage(action: a.ChangeStorage, draft: Draft) -> None:
    draft.lock(action.table, lock_modes.ACCESS_EXCLUSIVE)
    if not draft.is_partitioned(action.table):
        draft.rewrite([action.table])


def _attach(action: a.AttachPartition, draft: Draft) -> None:
    draft.lock(action.table, lock_modes.SHARE_UPDATE)
    family = draft.lock_tree(action.partition, lock_modes.ACCESS_EXCLUSIVE)
    parent, part = draft.table(action.table), draft.table(action.partition)
    if not proves_bound(action, draft.catalog):
        draft.scan(family)
        draft.assumed.append("a validated CHECK that implies the bound spares the scan")
    if parent and part and missing_indexes(parent, part):
        draft.scan(family)
    for key in parent.foreign_keys() if parent else ():
        _attach_foreign_key(key, part, draft)
    default = default_partition(action.table, draft.catalog)
    if default is not None and not action.is_default:
        draft.lock(default.name, lock_modes.ACCESS_EXCLUSIVE)
        if not default_excludes(action, default, draft.catalog):
            draft.scan(draft.lock_tree(default.name, lock_modes.ACCESS_EXCLUSIVE))


def _attach_foreign_key(key: Constraint, part: Table | None, draft: Draft) -> None:
    """The parent's key is made on the partition, or takes over the one that is there.

    The latter drops the triggers that the partition's own has on the referenced table.
    """
    own = own_foreign_key(key, part) if part else None
    is_taken_over = own is not None and (own.validated or draft.version >= 180000)
    draft.lock(
        key.references, lock_modes.ACCESS_EXCLUSIVE if is_taken_over else lock_modes.SHARE_ROW
    )
    if part is not None and part.complete and not (own and own.validated):
        draft.scan(draft.family(part.name))
        draft.look_up(key.references)


def _detach(action: a.DetachPartition, draft: Draft) -> None:
    beside_others = action.concurrently or action.finalize
    mode = lock_modes.SHARE_UPDATE if beside_others else lock_modes.ACCESS_EXCLUSIVE
    draft.lock(action.table, mode)
    draft.lock(action.partition, lock_modes.ACCESS_EXCLUSIVE)
    default = default_partition(action.table, draft.catalog)
    if default is not None and not beside_others:
        draft.lock(default.name, lock_modes.ACCESS_EXCLUSIVE)


def _truncate(action: a.Truncate, draft: Draft) -> None:
    pending, seen = list(action.tables), set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        family = draft.lock_tree(name, lock_modes.ACCESS_EXCLUSIVE)
        draft.rewritten += [r for r in family if draft.holds_rows(r)]
        if action.cascade:
            pending += [other.name for other, _ in draft.catalog.referencing(name)]


def _create_index(action: a.CreateIndex, draft: Draft) -> None:
    mode = lock_modes.SHARE_UPDATE if action.concurrently else lock_modes.SHARE
    if finds_index(action, draft.catalog):
        draft.lock(action.table, mode)
    elif action.only:
        draft.lock(action.table, mode)
        if not draft.is_partitioned(action.table):
            draft.scan([action.table])
    else:
        draft.scan(draft.lock_tree(action.table, mode))


def _reindex(action: a.Reindex, draft: Draft) -> None:
    if action.target is None or action.scope not in ("table", "index"):
        return
    if action.scope == "index":
        table = draft.catalog.table_of_index(action.target)
        owner, indexes = (table.name if table else None), [action.target]
    else:
        owner = action.target
        table = draft.table(owner)
        indexes = list(table.indexes) if table else []
    family = draft.family(owner) if owner else []
    for relation in family:
        draft.lock(relation, lock_modes.SHARE_UPDATE if action.concurrently else lock_modes.SHARE)
    for index in indexes:
        draft.lock(
            index, lock_modes.SHARE_UPDATE if action.concurrently else lock_modes.ACCESS_EXCLUSIVE
        )
    draft.scan(family)


def _rewrite(action: a.RewriteTable, draft: Draft) -> None:
    if action.table is None:
        draft.assumed.append("each table of the database is locked in turn")
        return
    family = draft.lock_tree(action.table, lock_modes.ACCESS_EXCLUSIVE)
    draft.rewrite(family)


def _maintain(action: a.Maintain, draft: Draft) -> None:
    for table in action.tables:
        draft.lock_tree(table, lock_modes.SHARE_UPDATE)


TABLE_CLAIMS: dict[type[a.Action], Claim] = {
    a.CreateTable: _create_table,
    a.Drop: _drop,
    a.RenameTable: _rename,
    a.SetSchema: _rename,
    a.ChangeStorage: _change_storage,
    a.AttachPartition: _attach,
    a.DetachPartition: _detach,
    a.Truncate: _truncate,
    a.CreateIndex: _create_index,
    a.Reindex: _reindex,
    a.RewriteTable: _rewrite,
    a.Maintain: _maintain,
}
