"""Which revisions of a history are to be judged."""

from collections.abc import Iterable
from pathlib import Path

from alembic.script.revision import MultipleHeads, RevisionError
from alembic.util import CommandError

from migrator.errors import UsageError
from migrator.project.history import History, HistoryError, history_error
from migrator.project.rendering import find_version_table


def in_range(history: History, revisions: str) -> set[str]:
    """The ids of ``a:b``, of ``:b``, ``a:``, or of what one identifier means.

    ``a:b`` is what ``alembic upgrade b`` would run on a database that is at a. An identifier is
    an id, the start of one, a branch's label, ``branch@head``, ``head`` or ``heads``.

    Raises HistoryError for an unknown revision, and for revisions that are named and select
    nothing.
    """
    lower, colon, upper = (part.strip() for part in revisions.partition(":"))
    try:
        if colon:
            # Of a branch that `lower` is no part of, an upgrade begins at the base.
            found = history.scripts.iterate_revisions(
                upper or "heads", lower or "base", implicit_base=True
            )
        else:
            found = history.scripts.get_revisions(lower)
        selected = {script.revision for script in found if script is not None}
    except (CommandError, RevisionError, AssertionError, LookupError, ValueError) as error:
        raise _not_found(history, revisions, error, is_range=bool(colon)) from error
    if not selected and (lower or upper):
        raise history_error(f"{revisions!r} names revisions, but there are none to judge in it")
    return selected


def _not_found(
    history: History, revisions: str, error: Exception, *, is_range: bool
) -> HistoryError:
    told = str(error) or "an identifier is missing"
    if is_range:
        return history_error(f"revision range {revisions!r}: {told}")
    if isinstance(error.__cause__, MultipleHeads):
        return history_error(f"{revisions!r}: {told}; write heads for all of them")
    return history_error(
        f"{revisions!r} is not a revision of {history.directory}, nor a file that ends in "
        f".py or .sql ({told})"
    )


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
