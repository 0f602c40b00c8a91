"""Alembic revisions as scripts, by running them in offline mode.

One run of env.py renders all of them: loading it again for each would cost more than the
judging. Each revision is a transaction of its own, as `python -m migrator upgrade` runs it.
"""

import io
import logging
import os
import re
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import Script as AlembicScript
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from migrator.postgres.statements import summarise
from migrator.project.garbage import collecting_seldom
from migrator.project.processes import spread
from migrator.project.recorder import Emission, Recorder
from migrator.project.revision_facts import revision_facts
from migrator.project.script import Script, Step

# How a revision finds out that it is only being rendered.
ASKS_FOR_MODE = re.compile(r"\bis_offline_mode\b|\bas_sql\b")


class HistoryError(ValueError):
    """The configuration or the history cannot be read; the message says why."""


@dataclass(kw_only=True, slots=True)
class History:
    """An Alembic history.

    revisions: all of them, oldest first. scripts: those that were rendered, in this order.
    version_table: (schema, name) of Alembic's own, known once env.py has run.
    env_fault: why env.py could not run offline, None if it did.
    """

    config: Config
    directory: ScriptDirectory
    revisions: list[AlembicScript] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    version_table: tuple[str | None, str] = (None, "alembic_version")
    env_fault: str | None = None

    @property
    def ids(self) -> set[str]:
        """The ids of all revisions."""
        return {revision.revision for revision in self.revisions}


def open_history(config: Path) -> History:
    """The configuration and its revisions, not yet rendered. Raises HistoryError."""
    if not config.is_file():
        raise HistoryError(f"there is no Alembic configuration {config}")
    alembic_config = Config(str(config), stdout=io.StringIO())
    # What an env.py may heed, so as to leave this process's logging alone.
    alembic_config.attributes["configure_logging"] = False
    try:
        directory = ScriptDirectory.from_config(alembic_config)
    except CommandError as error:
        raise HistoryError(f"{config}: {error}") from error
    try:
        with collecting_seldom():
            revisions = list(directory.walk_revisions())[::-1]
    except Exception as error:  # loading runs the revisions' own code
        reason = f"{type(error).__name__}: {error}"
        raise HistoryError(f"{config}: the revisions cannot be loaded: {reason}") from error
    return History(config=alembic_config, directory=directory, revisions=revisions)


def load_history(config: Path) -> History:
    """Opens a history and renders all of it. Raises HistoryError."""
    history = open_history(config)
    render(history)
    return history


def render(history: History, only: Collection[str] | None = None) -> None:
    """Renders the upgrades of these revisions, by id; default: of all.

    A revision that cannot be rendered is in the result, with the part that is opaque.
    """
    revisions = [r for r in history.revisions if only is None or r.revision in only]

    def work(context: MigrationContext) -> None:
        history.scripts = _render_all(context, revisions)

    with collecting_seldom(), _quiet():
        if not _run_env(history, work):
            _run_without_env(history, work)


def find_version_table(history: History) -> tuple[str | None, str]:
    """(schema, name) of Alembic's own table, as env.py configures it."""
    with _quiet():
        _run_env(history, lambda _context: None)
    return history.version_table


@contextmanager
def _quiet() -> Iterator[None]:
    """Without Alembic's line for every revision, which it logs as if it ran them."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def _run_env(history: History, work: Callable[[MigrationContext], None]) -> bool:
    """Has env.py make the offline context to work in; False if it makes none for PostgreSQL."""
    done = False

    def run(_current: object, context: MigrationContext) -> list[object]:
        nonlocal done
        history.version_table = (context.version_table_schema, context.version_table)
        if context.dialect.name != "postgresql":
            history.env_fault = f"env.py speaks {context.dialect.name}, not postgresql"
        else:
            work(context)
            done = True
        return []

    environment = EnvironmentContext(
        history.config,
        history.directory,
        fn=run,
        as_sql=True,
        starting_rev=None,
        destination_rev="heads",
        output_buffer=io.StringIO(),
    )
    try:
        with environment:
            history.directory.run_env()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - env.py is the user's code
        history.env_fault = f"{type(error).__name__}: {error}"
    return done


def _run_without_env(history: History, work: Callable[[MigrationContext], None]) -> None:
    """Where env.py has no offline mode: PostgreSQL's dialect with Alembic's defaults."""
    history.env_fault = history.env_fault or "env.py ran no migrations in offline mode"
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "literal_binds": True, "output_buffer": io.StringIO()},
    )
    with Operations.context(context):
        work(context)


def _render_all(context: MigrationContext, revisions: list[AlembicScript]) -> list[Script]:
    recorder = Recorder()
    recorder.attach(context)
    transactional = context.impl.transactional_ddl
    return spread(
        lambda revision: _render(revision, recorder, transactional=transactional), revisions
    )


def _render(revision: AlembicScript, recorder: Recorder, *, transactional: bool) -> Script:
    file = revision.path
    source = Path(file).read_text(encoding="utf-8-sig")  # some editors begin with a mark
    recorder.start(file, transactional=transactional)
    opaque: list[tuple[int, str]] = []
    try:
        revision.module.upgrade()
    except Exception as error:  # noqa: BLE001 - a revision is the user's code
        line = _line_in(file, error)
        reason = f"{type(error).__name__}: {error}; nothing that upgrade() does after it was judged"
        opaque.append((line, reason))
    finally:
        recorder.stop()
    opaque = [*recorder.opaque.items(), *opaque, *_offline_branches(source)]
    module = revision.module
    return Script(
        file=_shown(file),
        source=source,
        steps=_steps(recorder.emissions),
        revision=revision.revision,
        phase="contract" if getattr(module, "phase", "expand") == "contract" else "expand",
        facts=revision_facts(module, source),
        opaque=tuple(opaque),
        known_types=recorder.known_types,
    )


def _shown(file: str) -> str:
    """The path as a reader would type it: relative where it is below the current folder."""
    return file.removeprefix(f"{os.getcwd()}{os.sep}")


def _steps(emissions: list[Emission]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for emission in emissions:
        for statement in summarise(emission.sql):
            steps.append(
                Step(
                    index=len(steps),
                    line=emission.line,
                    end_line=emission.end_line,
                    statement=statement,
                    transaction=emission.transaction,
                )
            )
    return tuple(steps)


def _line_in(file: str, error: Exception) -> int:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return lines[-1] or 1 if lines else 1


def _offline_branches(source: str) -> list[tuple[int, str]]:
    """A revision that asks for the mode may do more when it has a connection."""
    match = ASKS_FOR_MODE.search(source)
    if match is None:
        return []
    line = source.count("\n", 0, match.start()) + 1
    return [(line, f"it does something else when it has a connection ({match[0]})")]
