"""What a statement says of an index or a constraint, in its own words.

A summary leaves out what no rule asks about; a safe form has to repeat it.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from pglast.parser import Token, scan

from migrator.postgres.identifiers import identifier
from migrator.postgres.statements import actions as a
from migrator.postgres.statements.statement import Statement

COMMENTS = ("SQL_COMMENT", "C_COMMENT")
COMMA = "ASCII_44"
# Parentheses and brackets.
OPENING, CLOSING = ("ASCII_40", "ASCII_91"), ("ASCII_41", "ASCII_93")
# Not DO, whose constraints are written in a text of their own.
DEFINITION = re.compile(r"(CREATE|ALTER)\b", re.IGNORECASE)
LIST = r"""\((?:"[^"]*"|'[^']*'|[^"')])*\)"""
KEY = re.compile(
    rf"""(?:UNIQUE|PRIMARY\s+KEY)\b
    (?P<nulls>\s+NULLS\s+(?:NOT\s+)?DISTINCT)?
    \s*(?P<columns>{LIST})?
    (?P<include>\s*INCLUDE\s*{LIST})?
    (?P<options>\s*WITH\s*{LIST})?
    (?:\s+USING\s+INDEX(?P<space>\s+TABLESPACE\s+(?:"[^"]*"|\w+)))?
    (?P<deferral>.*)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def has_comment(sql: str) -> bool:
    """Whether there is a comment anywhere in the text."""
    return any(token.name in COMMENTS for token in scan(sql))


def index_definition(sql: str) -> str | None:
    """What follows the table's name in CREATE INDEX; None for another statement."""
    if not re.match(r"CREATE\s+(UNIQUE\s+)?INDEX\s", sql, re.IGNORECASE) or has_comment(sql):
        return None
    tokens = scan(sql)
    names = [token.name for token in tokens]
    position = names.index("ON") + 1
    position += names[position] == "ONLY"
    while names[position + 1] == "ASCII_46":  # a dot: what came before it is the schema
        position += 2
    return sql[tokens[position + 1].start :]


def constraint_definition(statement: Statement, wanted: a.NewConstraint) -> str | None:
    """A constraint without its name and without NOT VALID: ``CHECK (n > 0) NO INHERIT``.

    None where it is not in the statement's own text.
    """
    tokens = list(_tokens(statement, wanted.span))
    if not tokens:
        return None
    if tokens[0].name == "CONSTRAINT":
        tokens = tokens[2:]
    written = _joined(statement.text, _without_not_valid(tokens))
    if tokens[0].name == "REFERENCES":
        columns = ", ".join(map(identifier, wanted.columns))
        return f"FOREIGN KEY ({columns}) {written}"
    return written


def column_default(statement: Statement, column: a.NewColumn) -> str | None:
    """The expression of a column's DEFAULT; None where it is not in the statement's text."""
    tokens = list(_tokens(statement, column.default_span)) if column.default else []
    return _joined(statement.text, tokens[1:]) if tokens else None


def key_index(wanted: a.NewConstraint, definition: str) -> tuple[str, str] | None:
    """The index of a unique constraint, as after the table's name, and its DEFERRABLE.

    definition: the constraint's. None where it uses an index that is there.
    """
    key = KEY.fullmatch(definition)
    if key is None or wanted.using_index is not None:
        return None
    columns = key["columns"] or f"({', '.join(map(identifier, wanted.columns))})"
    others = [key[part] or "" for part in ("include", "nulls", "options", "space")]
    return columns + "".join(others), key["deferral"]


def _tokens(statement: Statement, span: a.Span) -> Iterator[Token]:
    """Those of one clause, without comments."""
    if not DEFINITION.match(statement.text):
        return
    encoded = statement.text.encode()

    def position(offset: int) -> int:
        return len(encoded[: offset - statement.start].decode())

    start = position(span.start)
    end = len(statement.text) if span.end is None else position(span.end)
    depth = 0
    for token in scan(statement.text):
        if token.start < start:
            continue
        depth += (token.name in OPENING) - (token.name in CLOSING)
        if token.start >= end or depth < 0 or (depth == 0 and token.name == COMMA):
            return
        if token.name not in COMMENTS:
            yield token


def _without_not_valid(tokens: list[Token]) -> list[Token]:
    """Up to the last parenthesis ``NOT valid`` speaks of a column."""
    words = [token.name for token in tokens]
    last = max((i for i, word in enumerate(words) if word in CLOSING), default=-1)
    for position in range(last + 1, len(words) - 1):
        if words[position : position + 2] == ["NOT", "VALID"]:
            return tokens[:position] + tokens[position + 2 :]
    return tokens


def _joined(sql: str, tokens: list[Token]) -> str:
    """The tokens' text with what is between them, except what was left out there."""
    parts = [sql[tokens[0].start : tokens[0].end + 1]]
    for before, token in pairwise(tokens):
        between = sql[before.end + 1 : token.start]
        parts += [between if not between.strip() else " ", sql[token.start : token.end + 1]]
    return "".join(parts)
