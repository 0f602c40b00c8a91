"""The name of a table, as an author writes it."""

import re

from pglast import ast, parse_sql
from pglast.visitors import Visitor

PART = r'"(?:[^"]|"")+"|[^\s".]+'
NAME = re.compile(rf"\s*(?:{PART})\s*(?:\.\s*(?:{PART})\s*)*")


def parse_table_name(text: str) -> tuple[str, ...]:
    """Its parts, the table last, as the catalog spells them; what is not quoted is folded.

    Raises ValueError for text that is no name.
    """
    if not NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not the name of a table")
    return tuple(map(_unquoted, re.findall(PART, text)))


def names_table(expression: str, name: str) -> bool:
    """Whether an SQL expression qualifies any column with that name of a table."""
    finder = _Qualifiers()
    finder(parse_sql(f"SELECT ({expression}\n)"))
    return name in finder.names


class _Qualifiers(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_ColumnRef(self, ancestors: object, node: ast.ColumnRef) -> None:  # noqa: N802
        for part in (node.fields or ())[-2:-1]:
            if isinstance(part, ast.String) and part.sval:
                self.names.add(part.sval)


def _unquoted(part: str) -> str:
    if part.startswith('"'):
        return part[1:-1].replace('""', '"')
    # PostgreSQL folds no other letters where the encoding is UTF-8.
    return re.sub("[A-Z]+", lambda letters: letters[0].lower(), part)
