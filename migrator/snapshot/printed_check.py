"""Expressions of CHECK constraints, as pg_get_constraintdef prints them."""

import re

PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|[^'"()]+""")


def joined_by_and(expression: str) -> list[str]:
    """The conditions that must all hold for the expression to hold.

    PostgreSQL prints each in parentheses, and all of them together as well.
    """
    parts, depth, tops = [""], 0, 0
    for piece in PIECE.findall(expression):
        depth += (piece == "(") - (piece == ")")
        tops += depth == 0
        if piece == " AND " and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    if len(parts) > 1:
        return [condition for part in parts for condition in joined_by_and(part)]
    if expression.startswith("(") and tops == 1:
        return joined_by_and(expression[1:-1])
    return [expression]
