"""Which backfills a contract revision still waits for."""

from collections.abc import Iterable

from migrator.runner.project import Project


def waited_for(project: Project, names: Iterable[str]) -> list[str]:
    """The backfills whose contract revision is not applied: afterwards there may be no column.

    A backfill that no revision names is always among them.
    """
    applied = project.history.position(project.observe().revision)
    contracted = {revision.backfill for revision in project.history.revisions[:applied]}
    return [name for name in names if name not in contracted]
