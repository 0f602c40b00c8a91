"""Schema changes as resources: a thin layer over `migrator`, which does the work."""

from components.migration.alembic_migration import AlembicMigration, AlembicMigrationArgs
from components.migration.backfill import Backfill, BackfillArgs
from components.migration.job import MigratorJobArgs, MigratorJobSettings
from components.migration.zero_downtime_migration import (
    ZeroDowntimeMigration,
    ZeroDowntimeMigrationArgs,
    ZeroDowntimeMigrationSettings,
)

__all__ = [
    "AlembicMigration",
    "AlembicMigrationArgs",
    "Backfill",
    "BackfillArgs",
    "MigratorJobArgs",
    "MigratorJobSettings",
    "ZeroDowntimeMigration",
    "ZeroDowntimeMigrationArgs",
    "ZeroDowntimeMigrationSettings",
]
