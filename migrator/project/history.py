"""A project's revisions, read from their files alone: no database is asked."""

import re
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError

from migrator.errors import MigratorError

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


class HistoryError(MigratorError):
    """A history that cannot be followed; `faults` lists every reason."""

    def __init__(self, *faults: HistoryFault) -> None:
        super().__init__("\n".join(fault.message for fault in faults))
        self.faults = faults


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One migration file.

    parent: the revision before it; None for the first.
    phase: what the file's `phase` says; "expand" when it says nothing.
    backfill: name of the backfill that must be complete before this revision runs.
    """

    id: str
    parent: str | None
    message: str
    phase: Phase
    backfill: str | None
    path: Path

    def __str__(self) -> str:
        return f"{self.id} ({self.message})"


@dataclass(frozen=True, kw_only=True)
class History:
    """A linear history.

    revisions: from the first to the newest.
    directory: the folder that holds env.py, versions/ and backfills/.
    """

    revisions: tuple[Revision, ...]
    directory: Path

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


def load(config_file: Path) -> History:
    """The history of an Alembic project; raises HistoryError with all that is wrong with it.

    config_file: its alembic.ini.
    """
    if not config_file.is_file():
        raise HistoryError(_fault(f"there is no file {config_file}"))
    try:
        scripts = ScriptDirectory.from_config(Config(str(config_file)))
    except CommandError as error:
        raise HistoryError(_fault(f"{config_file}: {error}")) from None
    return _linear(_load_scripts(scripts), Path(scripts.dir))


def _load_scripts(scripts: ScriptDirectory) -> list[Script]:
    # ScriptDirectory's own walk stops at the first fault, and warns only of a missing parent.
    folders = [folder for folder in scripts._version_locations if folder.exists()]
    files = {
        file.resolve(): None for folder in folders for file in Script._list_py_dir(scripts, folder)
    }
    loaded: list[Script | None] = []
    faults: list[HistoryFault] = []
    for file in files:
        try:
            loaded.append(Script._from_path(scripts, file))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a revision is the user's code
            faults.append(_unloadable(file, error))
    if faults:
        raise HistoryError(*faults)
    return [script for script in loaded if script is not None]


def _unloadable(file: Path, error: BaseException) -> HistoryFault:
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return _fault(f"{file.name}:{error.lineno}: {error.msg}")
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(file.parent)
    ]
    place = places[-1] if places else file.name
    return _fault(f"{place}: {type(error).__name__}: {error}")


def _linear(scripts: list[Script], directory: Path) -> History:
    faults = [
        *_repeated(scripts),
        *(fault for script in scripts for fault in _unfit(script)),
    ]
    by_id = {script.revision: script for script in scripts}
    children: dict[str | None, list[str]] = {}
    for script in scripts:
        if isinstance(script.down_revision, (tuple, list)):
            continue  # a merge, which is a fault already
        parent = _parent(script)
        children.setdefault(parent, []).append(script.revision)
        if parent is not None and parent not in by_id:
            faults.append(
                _fault(f"{_file(script)}: down_revision {parent!r} is not in {directory}")
            )
    faults += [
        _fault(
            f"{len(ids)} revisions follow {parent or BASE}: {', '.join(sorted(ids))}; "
            "the history must be linear: make one's down_revision the other"
        )
        for parent, ids in children.items()
        if len(ids) > 1
    ]
    if not faults:
        ordered = _follow(children)
        if len(ordered) == len(scripts):
            revisions = tuple(_revision(by_id[each]) for each in ordered)
            return History(revisions=revisions, directory=directory)
        lost = sorted(set(by_id) - set(ordered))
        faults.append(_fault(f"down_revision goes in a circle: {', '.join(lost)}"))
    raise HistoryError(*faults)


def _follow(children: dict[str | None, list[str]]) -> list[str]:
    ordered: list[str] = []
    at: str | None = None
    while following := children.get(at):
        at = following[0]
        ordered.append(at)
    return ordered


def _revision(script: Script) -> Revision:
    return Revision(
        id=script.revision,
        parent=_parent(script),
        message=script.doc,
        phase=getattr(script.module, "phase", "expand"),
        backfill=getattr(script.module, "backfill", None),
        path=Path(script.path),
    )


def _parent(script: Script) -> str | None:
    parents = script.down_revision
    return parents if isinstance(parents, str) else None


def _repeated(scripts: list[Script]) -> Iterable[HistoryFault]:
    for revision, times in Counter(script.revision for script in scripts).items():
        if times > 1:
            files = sorted(_file(script) for script in scripts if script.revision == revision)
            yield _fault(f"revision {revision!r} is in {times} files: {', '.join(files)}")


def _unfit(script: Script) -> Iterable[HistoryFault]:
    module, file = script.module, _file(script)
    if isinstance(script.down_revision, (tuple, list)):
        yield _fault(
            f"{file}: a merge of {', '.join(script.down_revision)}; the history must be linear: "
            "let one branch follow the other, and this its last revision. A database that has "
            "the merge does not notice"
        )
    if script.dependencies:
        yield _fault(f"{file}: depends_on {script.dependencies!r} has no place in a linear history")
    phase = getattr(module, "phase", "expand")
    if phase not in PHASES:
        yield _fault(f"{file}: phase = {phase!r}; write one of {', '.join(map(repr, PHASES))}")
    backfill = getattr(module, "backfill", None)
    if backfill is not None and not isinstance(backfill, str):
        yield _fault(f"{file}: backfill = {backfill!r}; write the backfill's name, or None")
    elif backfill is not None and phase != "contract":
        yield _fault(
            f"{file}: backfill = {backfill!r} is waited for by a contract revision only; "
            'write phase = "contract"'
        )


def _fault(message: str) -> HistoryFault:
    return HistoryFault(subject="history", message=message)


def _file(script: Script) -> str:
    return Path(script.path).name
