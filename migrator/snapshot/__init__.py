"""What a database holds, as far as a schema change must know: saved, and read by `reader`.

Nothing here judges: the rules that use a catalog are in `migrator.lint`.
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
