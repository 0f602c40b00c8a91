"""A project's revisions, read from their files alone: no database is asked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, get_args

from migrator.errors import UsageError

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

Phase = Literal["expand", "contract"]
PHASES: tuple[Phase, ...] = get_args(Phase)
BASE = "base"
HEAD = "head"
SHORTEST_ABBREVIATION = 4


@dataclass(frozen=True, kw_only=True)
class HistoryFault:
    """One thing that is wrong with a history or with a revision asked of it.

    subject: ``history`` (the files), ``target`` (the revision asked for) or ``approval``.
    """

    subject: Literal["history", "target", "approval"]
    message: str


class HistoryError(UsageError):
    """A history that cannot be followed; `faults` lists every reason."""

    def __init__(self, *faults: HistoryFault) -> None:
        super().__init__("\n".join(fault.message for fault in faults))
        self.faults = faults

    def __reduce__(self) -> tuple[Any, ...]:
        """From process to process with all its faults."""
        return type(self), self.faults


def history_error(message: str) -> HistoryError:
    """The error for one thing that is wrong with the files."""
    return HistoryError(HistoryFault(subject="history", message=message))


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One migration file.

    parents: the revisions before it; none for the first, several for a merge.
    dependencies: revisions of other branches that must run before it.
    phase, backfill: what the file says, unchecked; "expand" and None when it says nothing.
        `backfill` is the one that must be complete before this revision runs.
    module: the file, executed.
    """

    id: str
    parents: tuple[str, ...]
    dependencies: tuple[str, ...]
    message: str
    phase: Phase
    backfill: str | None
    path: Path
    module: ModuleType = field(repr=False, compare=False)

    @property
    def parent(self) -> str | None:
        """The revision before it in a linear history; None for the first."""
        return self.parents[0] if self.parents else None

    def __str__(self) -> str:
        return f"{self.id} ({self.message})"


@dataclass(frozen=True, kw_only=True)
class History:
    """A history of any shape.

    revisions: each after those that it builds upon. directory: Alembic's script_location, the
    folder of env.py. config, scripts: as Alembic has them.
    """

    revisions: tuple[Revision, ...]
    directory: Path
    config: "Config" = field(repr=False, compare=False)
    scripts: "ScriptDirectory" = field(repr=False, compare=False)

    @property
    def ids(self) -> set[str]:
        """The ids of all revisions."""
        return {revision.id for revision in self.revisions}


@dataclass(frozen=True, kw_only=True)
class LinearHistory(History):
    """A history in which each revision but the newest is followed by exactly one."""

    @property
    def head(self) -> str | None:
        """The newest revision's id; None for an empty history."""
        return self.revisions[-1].id if self.revisions else None

    def position(self, revision: str | None) -> int:
        """How many revisions a database at `revision` has; None (no revision yet) has 0.

        Raises HistoryError for an id that the history does not have.
        """
        if revision is None:
            return 0
        for number, each in enumerate(self.revisions, 1):
            if each.id == revision:
                return number
        raise HistoryError(self._unknown(revision))

    def resolve(self, target: str, *, current: str | None = None) -> str | None:
        """The full id that `target` means, None for `base`.

        target: `head`, `base`, an id, the start of an id (4 characters or more) that only one
            revision has, or a step such as `+1` or `-2` from `current`.
        """
        if target in (HEAD, "heads"):
            return self.head
        if target == BASE:
            return None
        if re.fullmatch(r"[+-]\d+", target):
            return self._step(int(target), current)
        matches = [each.id for each in self.revisions if each.id == target]
        if not matches and len(target) >= SHORTEST_ABBREVIATION:
            matches = [each.id for each in self.revisions if each.id.startswith(target)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise HistoryError(
                HistoryFault(
                    subject="target",
                    message=f"{target!r} is the start of {', '.join(matches)}: write more of it",
                )
            )
        raise HistoryError(self._unknown(target))

    def between(self, lower: str | None, upper: str | None) -> tuple[Revision, ...]:
        """The revisions after `lower` up to and including `upper`, oldest first."""
        return self.revisions[self.position(lower) : self.position(upper)]

    def _step(self, steps: int, current: str | None) -> str | None:
        wanted = self.position(current) + steps
        if not 0 <= wanted <= len(self.revisions):
            raise HistoryError(
                HistoryFault(
                    subject="target",
                    message=f"'{steps:+d}' from {current or BASE} leaves the history",
                )
            )
        return self.revisions[wanted - 1].id if wanted else None

    def _unknown(self, revision: str) -> HistoryFault:
        known = ", ".join(each.id for each in reversed(self.revisions[-5:])) or "none"
        return HistoryFault(
            subject="target",
            message=f"{revision!r} is not a revision of {self.directory}; the newest are: {known}",
        )


def declaration_faults(revisions: Sequence[Revision]) -> Iterator[str]:
    """What these revisions say of themselves that nobody can follow."""
    for each in revisions:
        file, phase = each.path.name, each.phase
        backfill: Any = each.backfill
        if phase not in PHASES:
            yield f"{file}: phase = {phase!r}; write one of {', '.join(map(repr, PHASES))}"
        if backfill is not None and not isinstance(backfill, str):
            yield f"{file}: backfill = {backfill!r}; write the backfill's name, or None"
        elif backfill is not None and phase != "contract":
            yield (
                f"{file}: backfill = {backfill!r} is waited for by a contract revision only; "
                'write phase = "contract"'
            )


def linear_faults(revisions: Sequence[Revision]) -> Iterator[str]:
    """What keeps these revisions from being a linear history; they may be in any order."""
    for revision in revisions:
        yield from _unfit(revision)
    yield from _forks(revisions)


def _unfit(each: Revision) -> Iterator[str]:
    file = each.path.name
    if len(each.parents) > 1:
        yield (
            f"{file}: a merge of {', '.join(each.parents)}; the history must be linear: "
            "let one branch follow the other, and this its last revision. A database that "
            "has the merge does not notice"
        )
    if each.dependencies:
        yield (
            f"{file}: depends_on {', '.join(each.dependencies)} has no place in a linear history"
        )


def _forks(revisions: Sequence[Revision]) -> Iterator[str]:
    children: dict[str | None, list[str]] = {}
    for each in revisions:
        if len(each.parents) < 2:  # a merge is told of already
            children.setdefault(each.parent, []).append(each.id)
    for parent, ids in children.items():
        if len(ids) > 1:
            yield (
                f"{len(ids)} revisions follow {parent or BASE}: {', '.join(sorted(ids))}; "
                "the history must be linear: make one's down_revision the other"
            )
