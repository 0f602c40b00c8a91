"""What a database holds, as far as a schema change must know: saved, and read by `reader`.

Nothing here judges, or knows what uses a catalog.
"""

from migrator.snapshot.catalog import (
    Catalog,
    Column,
    Constraint,
    Domain,
    Index,
    Table,
)

__all__ = [
    "Catalog",
    "Column",
    "Constraint",
    "Domain",
    "Index",
    "Table",
]
