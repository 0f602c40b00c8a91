"""The errors that a command shows to its user."""


class LocalError(Exception):
    """Something that the user can act on; the message says what, where, and what to do."""

    exit_code = 1


class InterruptedByUserError(LocalError):
    """Ctrl-C."""

    exit_code = 130
