"""The error that a command shows to its user."""


class LocalError(Exception):
    """Something that the user can act on; the message says what, where, and what to do."""
