"""What can stop a backfill."""

from migrator.errors import MigratorError, UsageError


class BackfillError(MigratorError):
    """A backfill cannot start or go on; the message says why and what to do."""


class BackfillUsageError(BackfillError, UsageError):
    """Nothing was begun: a definition, an option or the database cannot be used as it is."""


class BackfillBusyError(BackfillError):
    """Another process runs the same backfill; the message names it."""


class BackfillCancelledError(BackfillError):
    """The backfill was cancelled, here or from another process."""
