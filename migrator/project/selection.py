"""Which revisions of a history are to be judged."""

from collections.abc import Iterable
from pathlib import Path

from alembic.script.revision import RevisionError
from alembic.util import CommandError

from migrator.errors import UsageError
from migrator.project.history import History, history_error
from migrator.project.rendering import find_version_table


def in_range(history: History, revisions: str) -> set[str]:
    """The ids of ``a:b`` (after a, up to b), of ``:b``, ``a:``, or of one revision.

    Raises HistoryError for an unknown revision.
    """
    lower, colon, upper = revisions.partition(":")
    try:
        if not colon:
            found = history.scripts.get_revisions(lower)
            return {r.revision for r in found if r is not None}
        walked = history.scripts.iterate_revisions(upper or "heads", lower or "base")
        return {script.revision for script in walked}
    except (CommandError, RevisionError) as error:
        if not colon:
            raise history_error(
                f"{revisions!r} is not a revision of {history.directory}, nor a file that ends in "
                ".py or .sql"
            ) from error
        raise history_error(f"revision range {revisions!r}: {error}") from error


def not_in_database(history: History, database_url: str) -> set[str] | None:
    """The ids that the database's version table does not cover; None where it has no revision.

    Raises UsageError.
    """
    import psycopg
    from psycopg import sql

    schema, table = find_version_table(history)
    name = sql.Identifier(schema, table) if schema else sql.Identifier(table)
    url = database_url.replace("postgresql+psycopg", "postgresql", 1)
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            rows = connection.execute(sql.SQL("SELECT version_num FROM {}").format(name))
            heads = [row[0] for row in rows]
    except psycopg.errors.UndefinedTable:
        heads = []
    except psycopg.Error as error:
        raise UsageError(f"the database cannot be read: {str(error).strip()}") from error
    if not heads:
        return None
    try:
        walked = history.scripts.iterate_revisions(tuple(heads), "base", implicit_base=True)
        return history.ids - {script.revision for script in walked}
    except (CommandError, RevisionError) as error:
        raise history_error(f"the database is at a revision that is not here: {error}") from error


def by_files(history: History, files: Iterable[Path]) -> set[str]:
    """The ids of revision files.

    Raises UsageError for a file that is not there, HistoryError for one that is not in the history.
    """
    known = {revision.path.resolve(): revision.id for revision in history.revisions}
    found = set()
    for file in files:
        revision = known.get(file.resolve())
        if revision is None and not file.is_file():
            raise UsageError(f"there is no file {file}")
        if revision is None:
            raise history_error(f"{file} is not a revision of {history.directory}")
        found.add(revision)
    return found
