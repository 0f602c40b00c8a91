"""Holds lint's claims against a measurement."""

from migrator.postgres.effects import Effects, Lock
from migrator.postgres.lock_modes import ROW_EXCLUSIVE, STRENGTH
from migrator.trace.measurement import Measurement


def disagreements(claims: Effects, measured: Measurement, *, known: set[str]) -> list[str]:
    """Each difference in words; none if the claims are exact.

    known: the relations from before the script; new ones concern nobody. Locks on indexes
    and sequences are claimed only where they matter, so only a claim is compared. Scans of
    relations without rows are left out (see `unseen_scans`).
    """
    tables = {lock.relation: lock.mode for lock in measured.locks}
    others = {lock.relation: lock.mode for lock in measured.side_locks}
    claimed = {lock.relation: lock.mode for lock in claims.locks}
    found: list[str] = []
    for relation in sorted((claimed.keys() | tables.keys()) & known):
        expected, seen = claimed.get(relation), tables.get(relation) or others.get(relation)
        brief = measured.sampled and relation in others and _weaker(seen, expected)
        checks = expected is None and relation in claims.lookups and _is_weak(seen)
        if expected != seen and not brief and not checks:
            found.append(f"lock on {relation}: claimed {expected}, measured {seen}")
    found += _differences("rewrite", claims.rewrites, measured.rewrites, known)
    scans = set(measured.scans) - (set(claims.lookups) - set(claims.scans))
    seen = (*scans, *unseen_scans(claims, measured, known=known))
    found += _differences("scan", claims.scans, seen, known)
    return found


def unseen_scans(claims: Effects, measured: Measurement, *, known: set[str]) -> list[str]:
    """The relations of which a scan is claimed and could not be seen, because they are empty."""
    missing = set(claims.scans) - set(measured.scans)
    return sorted(missing & set(measured.empty) & known)


def _is_weak(mode: str | None) -> bool:
    """A mode of plain reads and writes, such as a foreign key's check takes."""
    return mode is not None and STRENGTH[mode] <= STRENGTH[ROW_EXCLUSIVE]


def _weaker(seen: str | None, expected: str | None) -> bool:
    return seen is not None and expected is not None and STRENGTH[seen] < STRENGTH[expected]


def _differences(
    what: str, claimed: tuple[str, ...], measured: tuple[str, ...], known: set[str]
) -> list[str]:
    ours, theirs = set(claimed) & known, set(measured) & known
    return [
        *(f"{what} of {name}: claimed, not measured" for name in sorted(ours - theirs)),
        *(f"{what} of {name}: measured, not claimed" for name in sorted(theirs - ours)),
    ]


def differences_in_transaction(
    claims: Effects, measured: Measurement, *, known: set[str]
) -> list[str]:
    """As `disagreements`, for a statement whose transaction held locks before it.

    A lock that is held already in the same or a stronger mode is not taken again.
    """
    held = {lock.relation: lock.mode for lock in measured.held}
    claimed = {lock.relation: lock.mode for lock in claims.locks}
    exact = Effects(
        locks=tuple(
            lock
            for lock in claims.locks
            if any(lock.relation == taken.relation for taken in _all_taken(measured))
        ),
        rewrites=claims.rewrites,
        scans=claims.scans,
        lookups=claims.lookups,
    )
    missing = [
        f"lock on {relation}: claimed {mode}, held {held.get(relation)}"
        for relation, mode in sorted(claimed.items())
        if relation in known and STRENGTH[held.get(relation, "ACCESS SHARE")] < STRENGTH[mode]
    ]
    return missing + disagreements(exact, measured, known=known)


def _all_taken(measured: Measurement) -> tuple[Lock, ...]:
    return (*measured.locks, *measured.side_locks)
