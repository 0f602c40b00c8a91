"""What a database holds, as far as a schema change must know: read, saved and replayed.

Nothing here judges: the rules that use a catalog are in `migrator.lint`.
"""

from migrator.snapshot.catalog import (
    Catalog,
    Column,
    Constraint,
    Domain,
    Index,
    SnapshotError,
    Table,
    load,
    save,
)
from migrator.snapshot.reader import read

__all__ = [
    "Catalog",
    "Column",
    "Constraint",
    "Domain",
    "Index",
    "SnapshotError",
    "Table",
    "load",
    "read",
    "save",
]
