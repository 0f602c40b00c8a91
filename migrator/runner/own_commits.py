"""Revisions inside a transaction that env.py has begun: what commits there is env.py's to say."""

from migrator.errors import MigratorError
from migrator.project.one_database import OPEN_TRANSACTION
from migrator.project.online import Standing
from migrator.project.project import Project


def require_committed(project: Project, standing: Standing, revision: str | None) -> None:
    """Raises MigratorError where env.py did not commit what a revision has done.

    revision: the one that the database is to be at now.
    """
    if standing.transaction_open and project.observe().revision != revision:
        raise MigratorError(f"{OPEN_TRANSACTION}. It did not commit, so nothing was applied")
