"""Which backfills are still of use: those whose contract revision is not applied."""

from collections.abc import Iterable

from migrator.project.project import Project


def not_contracted(project: Project, names: Iterable[str]) -> list[str]:
    """The backfills whose contract revision is not applied: afterwards there may be no column.

    A backfill that no revision names is always among them.
    """
    applied = project.history.position(project.observe().revision)
    contracted = {revision.backfill for revision in project.history.revisions[:applied]}
    return [name for name in names if name not in contracted]
