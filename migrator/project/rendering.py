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
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from migrator.errors import words_of
from migrator.postgres.statements import Statement, summarise
from migrator.project.connections import connections_refused
from migrator.project.environment import ALEMBIC_GLOBALS, run_environment
from migrator.project.garbage import collecting_seldom
from migrator.project.history import History, Revision
from migrator.project.limits import ENV, WATCHED, BrokenLimitError, limited
from migrator.project.no_files import files_unwritten
from migrator.project.processes import spread
from migrator.project.recorder import Emission, Recorder
from migrator.project.revision_facts import revision_facts
from migrator.project.script import Script, Step
from migrator.project.source_text import source_text
from migrator.project.unrun import unrun

# What env.py hands to each revision by way of context.run_migrations().
Arguments = dict[str, Any]
Work = Callable[[MigrationContext, Arguments], None]
# How a revision finds out that it is only being rendered.
ASKS_FOR_MODE = re.compile(r"\bis_offline_mode\b|\bas_sql\b")


@dataclass(kw_only=True, slots=True)
class Rendering:
    """What came of running revisions offline.

    scripts: one a revision, oldest first. others: the same for each further database or schema
    that one run of env.py turns to, where it does something else there.
    version_table: (schema, name) of Alembic's own.
    env_fault: why env.py could not run offline, so that Alembic's defaults stood in for what it
    configures; None if it did.
    """

    scripts: list[Script]
    others: list[list[Script]] = field(default_factory=list)
    version_table: tuple[str | None, str] = (None, "alembic_version")
    env_fault: str | None = None


def render(history: History, only: Collection[str] | None = None) -> Rendering:
    """Renders the upgrades of these revisions, by id; default: of all.

    A revision that cannot be rendered is in the result, with the part that is opaque.
    """
    revisions = [each for each in history.revisions if only is None or each.id in only]
    rendering = Rendering(scripts=[])

    rendered: list[list[Script]] = []

    def work(context: MigrationContext, arguments: Arguments) -> None:
        scripts = _render_all(context, revisions, arguments)
        if scripts not in rendered:
            rendered.append(scripts)

    with ALEMBIC_GLOBALS, connections_refused(), collecting_seldom(), quiet():
        if not _run_env(history, rendering, work):
            _run_without_env(rendering, work)
    rendering.scripts, *rendering.others = rendered
    return rendering


def find_version_table(history: History) -> tuple[str | None, str]:
    """(schema, name) of Alembic's own table, as env.py configures it."""
    rendering = Rendering(scripts=[])
    with ALEMBIC_GLOBALS, connections_refused(), quiet():
        _run_env(history, rendering, lambda _context, _arguments: None)
    return rendering.version_table


@contextmanager
def quiet() -> Iterator[None]:
    """Without Alembic's line for every revision, which it logs as if it ran them."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)


def _run_env(history: History, rendering: Rendering, work: Work) -> bool:
    """Has env.py make the offline contexts to work in; False if it makes none for PostgreSQL."""
    done = False
    arguments: Arguments = {}

    def configured(context: MigrationContext) -> None:
        run_migrations = context.run_migrations

        def noting_arguments(**given: Any) -> None:
            arguments.clear()
            arguments.update(given)  # such as the engine_name of the template for many databases
            run_migrations(**given)

        context.run_migrations = noting_arguments

    def run(_current: object, context: MigrationContext) -> list[object]:
        nonlocal done
        if not done:
            rendering.version_table = (context.version_table_schema, context.version_table)
        if context.dialect.name != "postgresql":
            rendering.env_fault = f"env.py speaks {context.dialect.name}, not postgresql"
        else:
            work(context, arguments)
            done = True
            WATCHED.tell(ENV)  # what is left of it
        return []

    try:
        with files_unwritten(Path(history.scripts.env_py_location)), limited(ENV):
            run_environment(
                history.config,
                run,
                scripts=history.scripts,
                configured=configured,
                as_sql=True,
                starting_rev=None,
                destination_rev="heads",
                output_buffer=io.StringIO(),
            )
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - env.py is the user's code
        rendering.env_fault = env_fault(error)
    if done:
        rendering.env_fault = None
    return done


def env_fault(error: BaseException) -> str:
    """Why env.py could not be run, in words."""
    if isinstance(error, BrokenLimitError):
        return f"it {error}"
    return words_of(error)


def _run_without_env(rendering: Rendering, work: Work) -> None:
    """Where env.py has no offline mode: PostgreSQL's dialect with Alembic's defaults."""
    rendering.env_fault = rendering.env_fault or "env.py ran no migrations in offline mode"
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "literal_binds": True, "output_buffer": io.StringIO()},
    )
    with Operations.context(context):
        work(context, {})


def _render_all(
    context: MigrationContext, revisions: list[Revision], arguments: Arguments
) -> list[Script]:
    recorder = Recorder()
    recorder.attach(context)
    return spread(lambda revision: _render(revision, recorder, context, arguments), revisions)


def _render(
    revision: Revision, recorder: Recorder, context: MigrationContext, arguments: Arguments
) -> Script:
    file = str(revision.path)
    source = source_text(revision.path)
    recorder.start(file, transactional=context.impl.transactional_ddl)
    opaque: list[tuple[int, str]] = []
    try:
        with connections_refused() as guard, limited(f"revision {revision.id}"):
            why = unrun("upgrade", revision.module.upgrade(**arguments))
        opaque += [(line_of_upgrade(revision), why)] if why else []
        opaque += [(line_of_upgrade(revision), f"it {each}") for each in guard.refused[:1]]
    except BrokenLimitError as error:
        opaque.append((line_of_upgrade(revision), f"upgrade() {error}; none of it was judged"))
        recorder.emissions, recorder.opaque = [], {}
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a revision is the user's code
        line = _line_in(file, error)
        reason = f"{words_of(error)}; nothing that upgrade() does after it was judged"
        opaque.append((line, reason))
    finally:
        recorder.stop()
    opaque = [*recorder.opaque.items(), *opaque, *_offline_branches(source)]
    return script_of(revision, source, recorder, context, opaque=tuple(opaque))


def script_of(
    revision: Revision,
    source: str,
    recorder: Recorder,
    context: MigrationContext,
    *,
    opaque: tuple[tuple[int, str], ...] = (),
    replayed: bool = False,
) -> Script:
    """What a recorder has heard of a revision, as a script."""
    return Script(
        file=_shown(str(revision.path)),
        source=source,
        steps=_steps(recorder.emissions),
        revision=revision.id,
        phase="contract" if revision.phase == "contract" else "expand",
        facts=revision_facts(revision.module, source),
        opaque=opaque,
        known_types=recorder.known_types,
        version_table=(context.version_table_schema, context.version_table),
        longest_id=getattr(context._version.c.version_num.type, "length", None),
        replayed=replayed,
    )


def _shown(file: str) -> str:
    """The path as a reader would type it: relative where it is below the current folder."""
    return file.removeprefix(f"{os.getcwd()}{os.sep}")


def _steps(emissions: list[Emission]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for number, emission in enumerate(emissions, 1):
        statements = summarise(emission.text.sql)
        together = len(statements) > 1
        # What is sent as one text is one transaction, where there is none around it.
        alone = -number if together else None
        for statement in statements:
            steps.append(
                Step(
                    index=len(steps),
                    line=emission.line,
                    end_line=emission.end_line,
                    statement=statement,
                    transaction=alone if emission.transaction is None else emission.transaction,
                    unbound=_unbound(emission, statement, first=statement is statements[0]),
                    parameterised=emission.text.parameterised,
                    together=together,
                )
            )
    return tuple(steps)


def _unbound(emission: Emission, statement: Statement, *, first: bool) -> tuple[str, ...]:
    """Those of a text's that are in the statement; of all, where that cannot be told."""
    written = emission.text.unbound
    if not any(each in emission.text.sql for each in written):
        return written if first else ()
    return tuple(each for each in written if each in statement.text)


def line_of_upgrade(revision: Revision) -> int:
    """Where its function begins."""
    code = getattr(getattr(revision.module, "upgrade", None), "__code__", None)
    return code.co_firstlineno if code is not None else 1


def _line_in(file: str, error: BaseException) -> int:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return lines[-1] or 1 if lines else 1


def _offline_branches(source: str) -> list[tuple[int, str]]:
    """A revision that asks for the mode may do more when it has a connection."""
    match = ASKS_FOR_MODE.search(source)
    if match is None:
        return []
    line = source.count("\n", 0, match.start()) + 1
    return [(line, f"it does something else when it has a connection ({match[0]})")]
