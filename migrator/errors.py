"""The root of every error that a user can act on; anything else is a defect of the migrator."""

from typing import ClassVar


class MigratorError(Exception):
    """Something the user can put right; the message says what was wrong, where, and what to do.

    exit_code: of a command that ends with it. 1: it was begun and failed.
    """

    exit_code: ClassVar[int] = 1


class UsageError(MigratorError):
    """Nothing was begun: an option, a setting, a file or a server cannot be used as it is."""

    exit_code = 2
