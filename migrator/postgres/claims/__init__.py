"""The table of claims: for each kind of action, what it locks, rewrites and scans.

Judgements of whether that matters are in `migrator.lint.rules`.
"""

from migrator.postgres.claims.columns import COLUMN_CLAIMS
from migrator.postgres.claims.constraints import CONSTRAINT_CLAIMS
from migrator.postgres.claims.draft import Draft
from migrator.postgres.claims.objects import OBJECT_CLAIMS
from migrator.postgres.claims.tables import TABLE_CLAIMS
from migrator.postgres.effects import Effects
from migrator.postgres.statements import actions as a
from migrator.snapshot import Catalog

CLAIMS = {**COLUMN_CLAIMS, **CONSTRAINT_CLAIMS, **TABLE_CLAIMS, **OBJECT_CLAIMS}

__all__ = ["CLAIMS", "effects"]


def effects(action: a.Action, catalog: Catalog, version: int) -> Effects:
    """The claims about one action on a database like the catalog.

    version: a server_version_num such as 150000.
    """
    draft = Draft(catalog=catalog, version=version)
    claim = CLAIMS.get(type(action))
    if claim is not None:
        claim(action, draft)
    return draft.finish()
