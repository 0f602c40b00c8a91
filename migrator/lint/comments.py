"""The comments of a script's source: of its Python, and of the SQL that it sends."""

import ast
import io
import tokenize
from collections.abc import Iterator

from pglast.error import Error as PglastError
from pglast.parser import scan

from migrator.project.script import Script

SQL_COMMENTS = ("SQL_COMMENT", "C_COMMENT")
# Since Python 3.12 an f-string is several tokens.
LITERALS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None)}
# What may stand between a comment and the code that it speaks of.
BETWEEN = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}


def comments(script: Script) -> Iterator[tuple[int, str]]:
    """(line, text) of each, in the order of the lines."""
    if script.facts is None:
        yield from _in_sql(script.source)
        return
    for token in _tokens(script.source):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            yield line, token.string
        elif token.type in LITERALS and _is_sent(script, line):
            yield from ((line + below - 1, text) for below, text in _in_literal(token.string))


def next_code(script: Script, line: int) -> int:
    """The first line of Python below a line, past comments; of SQL the line itself."""
    if script.facts is None:
        return line
    below = (token for token in _tokens(script.source) if token.start[0] > line)
    return next((token.start[0] for token in below if token.type not in BETWEEN), line)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (tokenize.TokenError, IndentationError):
        return


def _is_sent(script: Script, line: int) -> bool:
    return any(step.line <= line <= step.end_line for step in script.steps)


def _in_literal(written: str) -> Iterator[tuple[int, str]]:
    try:
        value = ast.literal_eval(written)
    except (ValueError, SyntaxError):  # an f-string, whose values are not known here
        value = written.lstrip("fFrR").strip("'\"")
    if isinstance(value, str):
        yield from _in_sql(value)


def _in_sql(text: str) -> Iterator[tuple[int, str]]:
    """1-based lines. Of text that is no SQL, what looks like a comment."""
    try:
        tokens = scan(text)
    except (PglastError, UnicodeEncodeError):
        for number, line in enumerate(text.split("\n"), start=1):
            before, mark, comment = line.partition("--")
            if mark and before.count("'") % 2 == 0:
                yield number, mark + comment
        return
    for token in tokens:
        if token.name in SQL_COMMENTS:
            first = text.count("\n", 0, token.start) + 1
            for number, line in enumerate(text[token.start : token.end + 1].split("\n"), first):
                yield number, line
