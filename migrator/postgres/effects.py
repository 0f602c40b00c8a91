"""What a statement does to a running server: locks, rewrites and scans.

Claims, not judgements: `migrator.trace` measures the same things on a real server, and a
test holds the two together.
"""

from dataclasses import dataclass

from migrator.postgres import lock_modes


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """A lock on a relation; `mode` in words, such as ``ACCESS EXCLUSIVE``."""

    relation: str
    mode: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Effects:
    """The claims about one action.

    rewrites: tables that get a new file. scans: tables that are read as a whole, also
    while they are rewritten or indexed. lookups: tables in which rows are looked up, which
    the planner may do by an index or by a scan. assumed: why a claim may be too strict, one
    sentence each.
    """

    locks: tuple[Lock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    def mode_on(self, relation: str) -> str | None:
        """The lock on one relation."""
        return next((lock.mode for lock in self.locks if lock.relation == relation), None)


def combine(parts: list[Effects]) -> Effects:
    """The effects of a statement with several actions."""
    if len(parts) == 1:
        return parts[0]
    held: dict[str, str] = {}
    for part in parts:
        for lock in part.locks:
            held[lock.relation] = lock_modes.stronger(held.get(lock.relation, lock.mode), lock.mode)
    return Effects(
        locks=tuple(Lock(relation=name, mode=mode) for name, mode in held.items()),
        rewrites=tuple(dict.fromkeys(name for part in parts for name in part.rewrites)),
        scans=tuple(dict.fromkeys(name for part in parts for name in part.scans)),
        lookups=tuple(dict.fromkeys(name for part in parts for name in part.lookups)),
        assumed=tuple(dict.fromkeys(text for part in parts for text in part.assumed)),
    )
