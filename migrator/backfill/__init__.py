"""Online backfills: small batches, a cursor in the database, throttles, and a sync trigger.

Nothing here knows of Alembic or Pulumi, and nothing decides when a backfill has to be done.
"""

from migrator.backfill.definition import Backfill, Batch
from migrator.backfill.errors import BackfillBusyError, BackfillCancelledError, BackfillError
from migrator.backfill.loading import load_backfills, not_there, pick_backfill
from migrator.backfill.options import Result, RunOptions
from migrator.backfill.remaining import remaining
from migrator.backfill.reporter import Reporter, Silent, Snapshot
from migrator.backfill.run import run_backfill
from migrator.backfill.sync_trigger import SyncTrigger, sync_trigger

__all__ = [
    "Backfill",
    "BackfillBusyError",
    "BackfillCancelledError",
    "BackfillError",
    "Batch",
    "Reporter",
    "Result",
    "RunOptions",
    "Silent",
    "Snapshot",
    "SyncTrigger",
    "load_backfills",
    "not_there",
    "pick_backfill",
    "remaining",
    "run_backfill",
    "sync_trigger",
]
