"""What one statement was seen to do."""

from dataclasses import dataclass, field

from migrator.postgres import lock_modes
from migrator.postgres.effects import Lock
from migrator.snapshot.relations import Relation


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """Observed effects of a statement on relations that existed before it.

    locks: on tables and views, the strongest mode each, without ACCESS SHARE.
    side_locks: the same on indexes and sequences.
    held: all relations locked when the statement ended, by earlier statements too.
    rewrites: relations with a new file. scans: tables of which rows were read one by one.
    empty: relations without rows before it, of which nobody can see a scan.
    sampled: the locks were looked at while it ran, so that a brief one may be missing.
    seconds: how long the statement took. error: PostgreSQL's message if it failed.
    """

    sql: str
    locks: tuple[Lock, ...] = ()
    side_locks: tuple[Lock, ...] = ()
    held: tuple[Lock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    sampled: bool = False
    seconds: float = 0.0
    error: str | None = None


@dataclass(kw_only=True, slots=True)
class LockLog:
    """The strongest mode seen on each relation, by oid."""

    modes_by_oid: dict[int, str] = field(default_factory=dict)

    def add(self, oid: int, pg_mode: str) -> None:
        """Notes one row of pg_locks; `pg_mode` such as ``AccessExclusiveLock``."""
        mode = in_words(pg_mode)
        self.modes_by_oid[oid] = lock_modes.stronger(self.modes_by_oid.get(oid, mode), mode)


PG_MODES = {mode.title().replace(" ", "") + "Lock": mode for mode in lock_modes.MODES}


def in_words(pg_mode: str) -> str:
    """``AccessExclusiveLock`` as ``ACCESS EXCLUSIVE``; a mode of predicates is weakest."""
    return PG_MODES.get(pg_mode, lock_modes.ACCESS_SHARE)


def measurement(
    sql: str,
    before: dict[int, Relation],
    after: dict[int, Relation],
    *,
    taken: dict[int, str],
    held: dict[int, str],
    seconds: float,
    sampled: bool = False,
) -> Measurement:
    """Puts the observations together, under the names from before the statement."""
    kept = {oid: relation for oid, relation in before.items() if oid in after}
    return Measurement(
        sql=sql,
        locks=_named(taken, {o: r for o, r in before.items() if not r.is_side}),
        side_locks=_named(taken, {o: r for o, r in before.items() if r.is_side}),
        held=_named(held, before),
        rewrites=tuple(
            sorted(
                relation.name
                for oid, relation in kept.items()
                if not relation.is_side and relation.file != after[oid].file
            )
        ),
        scans=tuple(
            sorted(
                relation.name
                for oid, relation in kept.items()
                if not relation.is_side
                and after[oid].rows_read + after[oid].rows_read_before
                > relation.rows_read + relation.rows_read_before
            )
        ),
        empty=tuple(sorted(relation.name for relation in before.values() if relation.empty)),
        seconds=seconds,
        sampled=sampled,
    )


def _named(found: dict[int, str], known: dict[int, Relation]) -> tuple[Lock, ...]:
    locks = [
        Lock(relation=known[oid].name, mode=mode)
        for oid, mode in found.items()
        if oid in known and mode != lock_modes.ACCESS_SHARE
    ]
    return tuple(sorted(locks, key=lambda lock: lock.relation))
