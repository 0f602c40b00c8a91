"""Judges schema changes: which lock each statement takes, and whom it breaks.

Reads SQL and Alembic histories; never a database's rows, and it changes nothing.
"""

from migrator.lint.finding import Finding
from migrator.lint.library import judge_history, judge_scripts, lint_history
from migrator.postgres.effects import Lock
from migrator.postgres.server_version import LOWEST_SUPPORTED

__all__ = [
    "LOWEST_SUPPORTED",
    "Finding",
    "Lock",
    "judge_history",
    "judge_scripts",
    "lint_history",
]
