"""Statements of the application's releases, which have to work at every revision they meet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from pglast import ast, parse_sql, split
from pglast.enums import TransactionStmtKind as Kind
from pglast.parser import ParseError

from migrator.database import server_message
from migrator.errors import UsageError
from migrator.project.history import BASE, HEAD, LinearHistory
from migrator.project.sql_file import read_text

HEADER = re.compile(r"--\s*(from|until)\s*:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)
SAVEPOINTS = (Kind.TRANS_STMT_SAVEPOINT, Kind.TRANS_STMT_RELEASE, Kind.TRANS_STMT_ROLLBACK_TO)
AS_COMMIT = "SET CONSTRAINTS ALL IMMEDIATE"


class ProbeError(UsageError):
    """A probe file that cannot be used; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One file: the statements that a release runs.

    release: the name of its folder. first, last: positions in the history (0 is base) that the
    release meets, both included.
    """

    release: str
    path: Path
    first: int
    last: int
    statements: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.release}/{self.path.name}"


def load_probes(directory: Path, history: LinearHistory) -> tuple[Probe, ...]:
    """The files `<release>/*.sql` of a folder; a folder that does not exist holds none.

    Each begins with two comments, `-- from: REVISION` and `-- until: REVISION` (or base, head).
    Raises ProbeError.
    """
    return tuple(_load(path, history) for path in sorted(directory.glob("*/*.sql")))


def run_probe(connection: "psycopg.Connection[Any]", probe: Probe) -> str | None:
    """Runs a probe in a transaction that is rolled back; returns what failed, or None.

    Deferred constraints are looked at before that, as a COMMIT would.
    """
    with connection.transaction(force_rollback=True):
        for statement in (*probe.statements, AS_COMMIT):
            try:
                connection.execute(statement.encode())
            except psycopg.Error as error:
                first_line = " ".join(statement.split())[:100]
                place = "at its end" if statement == AS_COMMIT else f"in: {first_line}"
                return f"{probe.label}: {server_message(error)} {place}"
    return None


def _load(path: Path, history: LinearHistory) -> Probe:
    text = read_text(path)
    found = {name.lower(): revision for name, revision in HEADER.findall(text)}
    if set(found) != {"from", "until"}:
        raise ProbeError(
            f"{path}: begin with two comments, `-- from: REVISION` and `-- until: REVISION`, "
            f"the first and last revision (or {BASE}, {HEAD}) that the release meets"
        )
    first = history.position(history.resolve(found["from"]))
    last = history.position(history.resolve(found["until"]))
    if first > last:
        raise ProbeError(f"{path}: from {found['from']} comes after until {found['until']}")
    return Probe(
        release=path.parent.name,
        path=path,
        first=first,
        last=last,
        statements=tuple(_statements(path, text)),
    )


def _statements(path: Path, text: str) -> Iterator[str]:
    """Raises ProbeError for what cannot be parsed, and for what would end the transaction."""
    try:
        for place in split(text, only_slices=True):
            statement = text[place]
            (parsed,) = parse_sql(statement)
            if isinstance(parsed.stmt, ast.TransactionStmt) and parsed.stmt.kind not in SAVEPOINTS:
                line = text.count("\n", 0, place.start) + 1
                raise ProbeError(
                    f"{path}:{line}: {statement}: a probe runs in one transaction, which is rolled "
                    "back; remove what begins or ends one, or write a file for each transaction"
                )
            yield statement
    except ParseError as error:
        raise ProbeError(f"{path}: {error.args[0]}") from error
