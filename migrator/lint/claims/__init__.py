"""The table of claims: for each kind of action, what it locks, rewrites and scans.

Judgements of whether that matters are in `migrator.lint.rules`.
"""

from migrator.lint.claims.columns import COLUMN_CLAIMS
from migrator.lint.claims.constraints import CONSTRAINT_CLAIMS
from migrator.lint.claims.objects import OBJECT_CLAIMS
from migrator.lint.claims.tables import TABLE_CLAIMS

CLAIMS = {**COLUMN_CLAIMS, **CONSTRAINT_CLAIMS, **TABLE_CLAIMS, **OBJECT_CLAIMS}

__all__ = ["CLAIMS"]
