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


def words_of(error: BaseException) -> str:
    """What an error of somebody else's code says, with its kind; its own words may fail."""
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 - of whatever class it is
        words = ""
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
