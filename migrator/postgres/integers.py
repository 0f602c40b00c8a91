"""Integer types and the sequences that number rows."""

from migrator.snapshot import Catalog
from migrator.snapshot.dependent import Need

LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def is_narrower(kind: str, than: str) -> bool:
    """Whether an integer type ends before another type of numbers does."""
    if kind not in LARGEST:
        return False
    if than in LARGEST:
        return LARGEST[kind] < LARGEST[than]
    # Of the wider ones, none is a sequence's type; bigint is then as far as it gets.
    return kind != "bigint" and than.startswith("numeric")


def drawn_from(table: str, column: str, catalog: Catalog) -> list[str]:
    """The sequences that a column owns, or that its default draws from."""
    owned = [name for name, each in catalog.sequences.items() if each.owner == (table, column)]
    defaults = [
        need.name
        for each in catalog.dependents
        if (each.kind, each.table, each.name) == ("default", table, column)
        for need in each.needs
        if need.kind == "relation" and need == Need("relation", need.name)
    ]
    return list(dict.fromkeys((*owned, *(name for name in defaults if name in catalog.sequences))))
