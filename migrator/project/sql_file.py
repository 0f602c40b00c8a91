"""Plain SQL as a script: statements, transactions, psql's own commands."""

import re
from dataclasses import replace
from pathlib import Path

from migrator.errors import UsageError
from migrator.postgres.statements import Statement, summarise
from migrator.postgres.statements import actions as a
from migrator.project.garbage import collecting_seldom
from migrator.project.psql import read_psql
from migrator.project.script import Script, Step

PHASE = re.compile(r"--\s*migrator\s*:\s*phase\s+(expand|contract)\b", re.IGNORECASE)


class ScriptError(UsageError):
    """A file that is no script; the message names it."""


def sql_script(text: str, file: str, *, single_transaction: bool = False) -> Script:
    """The script of a SQL text.

    file: how findings name it. single_transaction: it is run as with ``psql -1``.
    A statement outside BEGIN .. COMMIT is a transaction of its own.
    """
    with collecting_seldom():
        psql = read_psql(text)
        statements = summarise(psql.sql)
    steps, unclosed = _in_transactions(statements, single_transaction)
    phase = PHASE.search(text)
    return Script(
        file=file,
        source=text,
        steps=steps,
        phase="contract" if phase and phase[1].lower() == "contract" else "expand",
        opaque=tuple(psql.opaque),
        cautions=tuple(psql.cautions),
        begins_unclosed=unclosed,
    )


def read_script(file: Path, *, single_transaction: bool = False) -> Script:
    """As `sql_script`, from a file. Raises ScriptError."""
    text = read_text(file)
    if "\0" in text:  # where the parser would take it to end
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ScriptError(f"{file} is not SQL: line {line} has a zero byte")
    try:
        return sql_script(text, str(file), single_transaction=single_transaction)
    except ValueError as error:
        raise ScriptError(f"{file} is not SQL: {error}") from error


def read_text(file: Path) -> str:
    """The text of a file. Raises ScriptError."""
    try:
        # Some editors begin a file with a byte order mark, which is no SQL.
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ScriptError(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScriptError(f"{file} is not UTF-8 text: {error.reason}") from error


def _in_transactions(
    statements: list[Statement], single: bool
) -> tuple[tuple[Step, ...], int | None]:
    steps: list[Step] = []
    number = 0
    current: int | None = 0 if single else None
    begun_at: int | None = None
    for index, statement in enumerate(statements):
        control = statement.actions[0] if statement.actions else None
        step = Step(
            index=index,
            line=statement.line,
            end_line=statement.end_line,
            statement=statement,
            transaction=current,
        )
        if isinstance(control, a.TransactionControl):
            if control.command in ("commit", "rollback"):
                current, begun_at = None, None
                # The COMMIT itself does no work.
                step = replace(step, transaction=None)
            if control.chain or (control.command == "begin" and current is None):
                number, begun_at = number + 1, statement.line
                current = number
        steps.append(step)
    return tuple(steps), begun_at
