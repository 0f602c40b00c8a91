"""Which columns of the catalog a text reads."""

from collections.abc import Iterable

from migrator.postgres.statements.actions import Reference
from migrator.postgres.statements.references import ALL_COLUMNS, NO_COLUMN
from migrator.snapshot import Catalog


def columns_read(
    found: Iterable[Reference], catalog: Catalog, *, stands_for: dict[str, str] | None = None
) -> list[tuple[str, str]]:
    """(relation, column) of each that is sure, with an empty column for the relation itself.

    stands_for: the relations behind names that are none, such as NEW in a trigger function.
    """
    others = stands_for or {}
    pairs: dict[tuple[str, str], None] = {}
    for reference in found:
        scopes = [[others.get(name or "", name) for name in scope] for scope in reference.scopes]
        for pair in _resolved(reference.column, scopes, catalog):
            pairs[pair] = None
    return list(pairs)


def _resolved(
    column: str, scopes: list[list[str | None]], catalog: Catalog
) -> list[tuple[str, str]]:
    if column in (NO_COLUMN, ALL_COLUMNS):
        relation = scopes[0][0] or ""
        table = catalog.table(relation)
        every = table.columns if table is not None and column == ALL_COLUMNS else ()
        return [(relation, ""), *((relation, each) for each in every)]
    for depth, scope in enumerate(scopes):
        having = [name for name in scope if name is not None and _has(name, column, catalog)]
        if having:
            return [(name, column) for name in having]
        unsure = [name for name in scope if not _is_known(name, catalog)]
        if not unsure:
            continue
        if len(scope) == 1 and scope[0] is not None and not any(scopes[depth + 1 :]):
            return [(scope[0], column)]
        break
    return []


def _has(relation: str, column: str, catalog: Catalog) -> bool:
    table = catalog.table(relation)
    return table is not None and column in table.columns


def _is_known(relation: str | None, catalog: Catalog) -> bool:
    table = catalog.table(relation) if relation is not None else None
    return table is not None and table.complete
