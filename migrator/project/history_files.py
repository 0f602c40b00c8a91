"""Reads a history from its files, and tells all that is wrong with them at once."""

import configparser
import io
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from alembic.script import Script, ScriptDirectory
from alembic.script.revision import CycleDetected, RevisionError, RevisionMap
from alembic.util import CommandError

from migrator.errors import words_of
from migrator.project.alembic_file import AlembicFileError, read_config, told_of
from migrator.project.garbage import collecting_seldom
from migrator.project.history import (
    BASE,
    HEAD,
    History,
    HistoryError,
    HistoryFault,
    LinearHistory,
    Revision,
    declaration_faults,
    history_error,
    linear_faults,
)
from migrator.project.limits import BrokenLimitError, limited

# What they mean as an identifier, Alembic decides.
RESERVED = frozenset({BASE, HEAD, "heads"})
Shape = TypeVar("Shape", bound=History)
Faults = Callable[[list[Revision]], Iterable[str]]


def read_linear_history(config_file: Path, *, x: Sequence[str] = ()) -> LinearHistory:
    """The history of an Alembic project, as the runner needs it.

    config_file, x: as for `read_config`. Raises HistoryError with all that is wrong with the files,
    and all that keeps them from being linear.
    """
    return _read(config_file, x, LinearHistory, linear_faults)


def read_history(config_file: Path, *, x: Sequence[str] = ()) -> History:
    """The history of an Alembic project, of any shape.

    config_file, x: as for `read_config`. Raises HistoryError with every file that cannot be loaded,
    every id that is there twice, every revision that follows one that is not there, and every phase
    and backfill that is none.
    """
    return _read(config_file, x, History, lambda _revisions: ())


def _read(config_file: Path, x: Sequence[str], kind: type[Shape], further_faults: Faults) -> Shape:
    try:
        config = read_config(config_file, stdout=io.StringIO(), x=x)
    except AlembicFileError as error:
        raise history_error(str(error)) from None
    try:
        scripts = ScriptDirectory.from_config(config)
    except (CommandError, configparser.Error, ImportError, ValueError, TypeError) as error:
        told = told_of(error) if isinstance(error, configparser.Error) else words_of(error)
        raise history_error(f"{config_file}: {told}") from None
    with collecting_seldom():
        loaded = _load_scripts(scripts)
    _refuse([fault for script in loaded for fault in _malformed(script)])
    revisions = [revision_of(script) for script in loaded]
    faults = [
        *_repeated(loaded),
        *_reserved(loaded),
        *_without_parent(loaded, scripts),
        *_without_dependency(loaded, scripts),
        *declaration_faults(revisions),
        *further_faults(revisions),
    ]
    _refuse(faults)
    # Alembic would load the files again, stop at the first fault, and only warn of some.
    scripts.revision_map = RevisionMap(lambda: iter(loaded))
    return kind(
        revisions=tuple(map(revision_of, _in_order(scripts))),
        directory=Path(scripts.dir),
        config=config,
        scripts=scripts,
    )


def _in_order(scripts: ScriptDirectory) -> list[Script]:
    try:
        return list(scripts.walk_revisions())[::-1]
    except (RevisionError, CommandError, LookupError, AssertionError, TypeError) as error:
        cause = error.__cause__  # Alembic wraps what it finds
        if isinstance(cause, CycleDetected):
            circle = ", ".join(sorted(cause.revisions))
            raise history_error(f"down_revision goes in a circle: {circle}") from None
        raise history_error(f"{scripts.dir}: {words_of(error)}") from None


def _load_scripts(scripts: ScriptDirectory) -> list[Script]:
    folders = [folder for folder in scripts._version_locations if folder.exists()]
    files = {
        file.resolve(): None for folder in folders for file in Script._list_py_dir(scripts, folder)
    }
    loaded: list[Script | None] = []
    faults: list[str] = []
    for file in files:
        try:
            with limited(file.name):
                loaded.append(Script._from_path(scripts, file))
        except BrokenLimitError as error:
            faults.append(f"{file.name}: loading it {error}")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a revision is the user's code
            faults.append(_unloadable(file, error))
    _refuse(faults)
    return [script for script in loaded if script is not None]


def _refuse(faults: list[str]) -> None:
    if faults:
        raise HistoryError(*(HistoryFault(subject="history", message=each) for each in faults))


def _unloadable(file: Path, error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return f"{file.name}:{error.lineno or 1}: {error.msg}"
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(file.parent)
    ]
    if not places and isinstance(error, TypeError):  # the file itself was loaded
        return f"{file.name}: revision, down_revision or depends_on is no text: {words_of(error)}"
    place = places[-1] if places else file.name
    return f"{place}: {words_of(error)}"


def _repeated(scripts: list[Script]) -> Iterator[str]:
    for revision, times in Counter(script.revision for script in scripts).items():
        if times > 1:
            files = sorted(
                Path(script.path).name for script in scripts if script.revision == revision
            )
            yield f"revision {revision!r} is in {times} files: {', '.join(files)}"


def _malformed(script: Script) -> Iterator[str]:
    """Each of the identifiers at a file's head that is none."""
    name = Path(script.path).name
    if not isinstance(script.revision, str) or not script.revision:
        yield f"{name}: revision = {script.revision!r} is no text"
    elif not script.revision.isprintable():
        yield f"{name}: revision = {script.revision!r} has a character that cannot be shown"
    for attribute in ("down_revision", "depends_on", "branch_labels"):
        value = getattr(script.module, attribute, None)
        several = value if isinstance(value, tuple | list | set | frozenset) else (value,)
        if value is not None and not all(isinstance(each, str) and each for each in several):
            yield f"{name}: {attribute} = {value!r} is neither None, text, nor a tuple of texts"


def _reserved(scripts: list[Script]) -> Iterator[str]:
    for script in scripts:
        if script.revision in RESERVED:
            yield (
                f"{Path(script.path).name}: revision {script.revision!r} is a word of Alembic's "
                "own; give it another id"
            )


def _without_parent(scripts: list[Script], directory: ScriptDirectory) -> Iterator[str]:
    known = {script.revision for script in scripts}
    for script in scripts:
        for parent in _as_tuple(script.down_revision):
            if parent not in known:
                yield (
                    f"{Path(script.path).name}: down_revision {parent!r} is not in {directory.dir}"
                )


def _without_dependency(scripts: list[Script], directory: ScriptDirectory) -> Iterator[str]:
    """Alembic takes an id or a branch's label."""
    known = {script.revision for script in scripts}
    known |= {label for script in scripts for label in _as_tuple(script._orig_branch_labels)}
    for script in scripts:
        for needed in _as_tuple(script.dependencies):
            if needed not in known:
                yield f"{Path(script.path).name}: depends_on {needed!r} is not in {directory.dir}"


def revision_of(script: Script) -> Revision:
    """What Alembic has loaded of one file."""
    return Revision(
        id=script.revision,
        parents=_as_tuple(script.down_revision),
        dependencies=_as_tuple(script.dependencies),
        message=script.doc,
        phase=getattr(script.module, "phase", "expand"),
        backfill=getattr(script.module, "backfill", None),
        path=Path(script.path),
        module=script.module,
    )


def _as_tuple(ids: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (ids,) if isinstance(ids, str) else tuple(ids or ())
