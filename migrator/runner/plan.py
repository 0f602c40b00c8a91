"""Which revisions a run is to apply, decided from the files and the approvals alone."""

from collections.abc import Collection
from dataclasses import dataclass

from migrator.project.history import (
    HEAD,
    HistoryError,
    HistoryFault,
    LinearHistory,
    Phase,
    Revision,
)
from migrator.runner.gates import Gate, unapproved


@dataclass(frozen=True, kw_only=True)
class Plan:
    """revisions: to apply, oldest first.

    gate: the contract revision after them that lacks its approval; None if nothing is held back.
    blocked: why that keeps the run from its aim; None if only contract revisions are held back,
        as they are until somebody approves them.
    """

    revisions: tuple[Revision, ...]
    gate: Gate | None
    blocked: str | None


def plan(
    history: LinearHistory,
    *,
    current: str | None = None,
    target: str = HEAD,
    phase: Phase | None = None,
    approved: Collection[str] = (),
) -> Plan:
    """The way from `current` to `target`, as far as it is open.

    phase: "expand" leaves out the contract revisions at the end of the way. Those in between
        have to run before the expand revisions that follow them, if they are approved.
        "contract" and None go all the way.
    approved: full ids of contract revisions that may run.

    Raises HistoryError for a current revision, target or approval that the history does not
    have, and for a target that lies behind the current revision.
    """
    approved = approvals(history, approved)
    wanted = history.resolve(target, current=current)
    if target != HEAD and history.position(wanted) < history.position(current):
        raise HistoryError(
            HistoryFault(
                subject="target",
                message=f"{target!r} lies behind {current}, where the database is; an upgrade "
                "never goes back: use `python -m migrator downgrade`",
            )
        )
    way = list(history.between(current, wanted))
    closed = next((each for each in way if not _open(each, approved)), None)
    held_back = way[way.index(closed) :] if closed else []
    way = way[: len(way) - len(held_back)]
    if phase == "expand":
        while way and way[-1].phase == "contract":
            way.pop()
    gate = unapproved(closed) if closed else None
    return Plan(revisions=tuple(way), gate=gate, blocked=_blocked(gate, held_back, target))


def _open(revision: Revision, approved: Collection[str]) -> bool:
    return revision.phase == "expand" or revision.id in approved


def _blocked(gate: Gate | None, held_back: list[Revision], target: str) -> str | None:
    if gate is None:
        return None
    if target != HEAD:
        return f"{gate}; so {target} cannot be reached"
    waiting = ", ".join(str(each) for each in held_back if each.phase == "expand")
    return f"{gate}; expand revisions wait behind it: {waiting}" if waiting else None


def approvals(history: LinearHistory, ids: Collection[str]) -> frozenset[str]:
    """The approved ids; raises HistoryError for one that is not a contract revision's full id."""
    contracts = [each.id for each in history.revisions if each.phase == "contract"]
    unknown = sorted(set(ids) - set(contracts))
    if unknown:
        known = ", ".join(contracts) or "none"
        raise HistoryError(
            *(
                HistoryFault(
                    subject="approval",
                    message=f"{each!r} is not a contract revision's id; there are: {known}",
                )
                for each in unknown
            )
        )
    return frozenset(ids)
