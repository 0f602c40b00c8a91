"""Schema changes as resources: a thin layer over `migrator`, which does the work."""

from components.migration.alembic_migration import AlembicMigration, AlembicMigrationArgs

__all__ = ["AlembicMigration", "AlembicMigrationArgs"]
