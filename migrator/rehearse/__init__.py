"""Rehearsals: every revision up, down and up again on generated data, in a scratch database.

Nothing here touches a database that was not made for the rehearsal.
"""

from migrator.rehearse.rehearsal import rehearse
from migrator.rehearse.report import Check, Rehearsal, RevisionReport

__all__ = ["Check", "Rehearsal", "RevisionReport", "rehearse"]
