"""Where a database stands, and what an upgrade would do and would not do. Changes nothing."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from migrator.database import describe, driver_connection
from migrator.project.history import Revision
from migrator.project.project import Project
from migrator.project.settings import MigratorSettings
from migrator.runner.advisory_lock import Holder
from migrator.runner.detach_care import PendingDetach, pending_detaches
from migrator.runner.gates import backfill_missing, unapproved
from migrator.runner.guarded import half_applied, lock_of
from migrator.runner.journal import HalfApplied
from migrator.runner.own_session import own_session
from migrator.runner.plan import approvals

_INVALID = text(
    """
    SELECT x.indexrelid::regclass::text, x.indrelid::regclass::text
    FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT x.indisvalid AND c.relkind = 'i' AND n.nspname !~ '^pg_'
    ORDER BY 1
    """
)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A revision that is not applied; `missing`: what a contract revision waits for."""

    revision: Revision
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Status:
    """database: without password. holder: the migrator at work, if any.

    half_applied: what an interrupted run has left to be finished.
    invalid_indexes: (index, table) pairs, left by interrupted work or being built right now.
    half_detached: partitions that an interrupted DETACH CONCURRENTLY has left.
    """

    database: str
    revision: str | None
    head: str | None
    pending: tuple[Pending, ...]
    holder: Holder | None
    half_applied: tuple[HalfApplied, ...]
    invalid_indexes: tuple[tuple[str, str], ...]
    half_detached: tuple[PendingDetach, ...]


def status(settings: MigratorSettings, *, approved: Collection[str] = ()) -> Status:
    """Asks the database. Raises HistoryError if it has a revision that the files do not know."""
    project = Project.open(settings)
    approved = approvals(project.history, approved)
    standing = project.observe()
    with own_session(standing.engine) as connection:
        current = standing.revision
        pending = tuple(
            Pending(
                revision=revision,
                missing=_missing(revision, settings, connection, approved),
            )
            for revision in project.history.between(current, project.history.head)
        )
        return Status(
            database=describe(standing.engine.url),
            revision=current,
            head=project.history.head,
            pending=pending,
            holder=lock_of(standing).holder(connection),
            half_applied=tuple(half_applied(project, standing)),
            invalid_indexes=tuple((row[0], row[1]) for row in connection.execute(_INVALID)),
            half_detached=tuple(pending_detaches(driver_connection(connection))),
        )


def _missing(
    revision: Revision,
    settings: MigratorSettings,
    connection: Connection,
    approved: Collection[str],
) -> tuple[str, ...]:
    if revision.phase == "expand":
        return ()
    missing = () if revision.id in approved else unapproved(revision).missing
    directory = settings.config.parent / "backfills"
    backfill = backfill_missing(revision, directory, connection)
    return (*missing, backfill) if backfill else missing
