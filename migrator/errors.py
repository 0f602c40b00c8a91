"""The base of every error that a user can act on; anything else is a defect of the migrator."""


class MigratorError(Exception):
    """Something the user can put right; the message says what was wrong, where, and what to do."""
