"""A database's schema as text that can be compared."""

import difflib
import re
import subprocess

from pglast import split
from pglast.parser import ParseError

from migrator.errors import MigratorError
from migrator.scratch import PostgresServer

# What the migrator keeps for itself is no part of the application's schema.
LEFT_OUT = ("--exclude-schema", "migrator", "--exclude-schema", "rehearsal")
# Commands of psql, with which newer versions fence a dump.
FENCE = re.compile(r"^\\(?:un)?restrict\b.*$", re.MULTILINE)
HEADING = re.compile(r"\A(?:--[^\n]*\n|\s)+")
# Settings of the dump's own session: statements, never lines of a function's body.
SETTINGS = ("SET ", "SELECT pg_catalog.set_config(")
TABLE_BODY = re.compile(r"(CREATE (?:\w+ )*TABLE [^\n]*\(\n)(.*?)(\n\))", re.DOTALL)


def dump_schema(
    server: PostgresServer, database: str, *, version_table: tuple[str | None, str]
) -> str:
    """pg_dump's statements in a fixed order, without its own comments and settings.

    The order of a table's columns does not count: a column that was dropped and made again
    comes last. version_table: schema and name of Alembic's own, which is left out; None for any
    schema.
    Raises MigratorError with pg_dump's message.
    """
    schema, table = version_table
    pattern = f"{'*' if schema is None else _exactly(schema)}.{_exactly(table)}"
    answer = subprocess.run(
        [
            *(server.binaries.program("pg_dump"), "--schema-only", *LEFT_OUT),
            *("--exclude-table", pattern),
            *("--dbname", server.url(database)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise MigratorError(f"pg_dump failed: {answer.stderr.strip()}")
    return normalise(answer.stdout)


def _exactly(name: str) -> str:
    """A pattern of pg_dump's that only this name matches."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def normalise(dump: str) -> str:
    """The statements of a dump, sorted."""
    statements = [HEADING.sub("", each) for each in _split(dump)]
    return "\n\n".join(
        sorted(
            TABLE_BODY.sub(_sorted_body, each)
            for each in statements
            if each and not each.startswith(SETTINGS)
        )
    )


def _split(dump: str) -> tuple[str, ...]:
    text = FENCE.sub("", dump)
    try:
        return split(text)
    except ParseError:
        # A newer server's syntax. Blocks of BEGIN ATOMIC are torn then.
        return split(text, with_parser=False)


def difference(before: str, after: str) -> str:
    """What changed between two dumps, as lines that begin with - or +; empty if nothing."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    # The first two are the names of the files that there are not.
    return "\n".join(
        line for line in [*lines][2:] if not line.startswith("@@") and line[1:].strip()
    )


def _sorted_body(match: re.Match[str]) -> str:
    columns = sorted(line.rstrip(",") for line in match[2].split("\n"))
    return match[1] + ",\n".join(columns) + match[3]
