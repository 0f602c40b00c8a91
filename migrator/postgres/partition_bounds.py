"""Whether ATTACH PARTITION must read rows to know that they are where they belong.

The catalog does not know what a CHECK says, so this goes by the columns that it uses: some of the
partition key's.
"""

from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog, Constraint, Index, Table


def proves_bound(action: a.AttachPartition, catalog: Catalog) -> bool:
    """Whether a validated CHECK of the partition seems to imply the bound.

    Unless the bound allows NULL, its columns must be NOT NULL as well: a CHECK lets NULL pass.
    """
    part = catalog.table(action.partition)
    key = _key(action.table, catalog)
    if part is None:
        return False
    allows_null = action.is_default or action.has_null
    return any(allows_null or _any_not_null(part, used) for used in _used_by_checks(part, key))


def default_partition(parent: str, catalog: Catalog) -> Table | None:
    """The partition for all rows that no other partition takes."""
    return next(
        (t for t in catalog.children(parent) if t.parent == parent and t.is_default_partition),
        None,
    )


def default_excludes(action: a.AttachPartition, default: Table, catalog: Catalog) -> bool:
    """Whether a validated CHECK of the default partition seems to rule out the bound."""
    return bool(_used_by_checks(default, _key(action.table, catalog)))


def missing_indexes(parent: Table, part: Table) -> list[str]:
    """The parent's indexes that ATTACH must build on the partition, as far as is known."""
    if not part.complete:
        return []
    missing, free = [], list(part.indexes.values())
    for index in parent.indexes.values():
        own = next((other for other in free if _is_alike(index, other, parent, part)), None)
        if own is None:
            missing.append(index.name)
        else:
            free.remove(own)
    return missing


def own_foreign_key(key: Constraint, part: Table) -> Constraint | None:
    """The partition's foreign key that is like the parent's, rather a validated one."""
    alike = [
        other
        for other in part.foreign_keys()
        if (other.columns, other.references) == (key.columns, key.references)
        and other.referenced_columns == key.referenced_columns
    ]
    return max(alike, key=lambda other: other.validated, default=None)


def _is_alike(index: Index, other: Index, parent: Table, part: Table) -> bool:
    wanted, found = parent.constraints.get(index.name), part.constraints.get(other.name)
    # The index of a constraint becomes a part of another constraint's only.
    if wanted is not None and (found is None or found.kind != wanted.kind):
        return False
    described = (index.columns, set(index.uses), index.unique, index.partial)
    return other.valid and described == (
        *(other.columns, set(other.uses)),
        *(other.unique, other.partial),
    )


def _used_by_checks(table: Table, key: set[str]) -> list[set[str]]:
    """Of each validated CHECK that uses some of the key, the columns of the key in it."""
    checks = [
        set(check.columns)
        for check in table.constraints.values()
        if check.kind == "check" and check.validated and check.requires_not_null is None
    ]
    return [used & key if key else used for used in checks if not key or used & key]


def _any_not_null(table: Table, columns: set[str]) -> bool:
    known = columns & table.columns.keys()
    return not known or any(table.proves_not_null(column) for column in known)


def _key(parent: str, catalog: Catalog) -> set[str]:
    """The columns of the partition key; empty where nothing tells."""
    known = catalog.table(parent)
    return set(known.partition_key) if known is not None else set()
