"""The text of a call with other keyword arguments, else as it was written."""

import ast

from migrator.lint.fix.source import INDENT, Edit, Source, edited
from migrator.lint.fix.tokens import Token, code


def with_keywords(
    source: Source, call: ast.Call, *, add: dict[str, str], remove: tuple[str, ...] = ()
) -> str:
    """The text of a call with keyword arguments added or taken out."""
    text, begin = source.of(call), source.segment(call)[0]
    margin = source.margin(call)
    tokens = code(text)
    present = {keyword.arg for keyword in call.keywords}
    new = ", ".join(f"{name}={value}" for name, value in add.items() if name not in present)
    edits: list[Edit] = []
    for keyword in call.keywords:
        start, end = (position - begin for position in source.segment(keyword))
        if keyword.arg in add:
            edits.append((start, end, f"{keyword.arg}={add[keyword.arg]}"))
        elif keyword.arg in remove:
            edits.append((start, end, new) if new else _cut(text, tokens, start, end))
            new = ""
    if new:
        edits.append(_addition(text, tokens, new, margin))
    # Lines after the first keep their own indentation, relative to the statement's.
    return _dedented(edited(text, edits), margin)


def _cut(text: str, tokens: list[Token], start: int, end: int) -> Edit:
    """An argument with the comma after it, or before it if it is the last."""
    after = next(token for token in tokens if token.start >= end)
    if after.text == ",":
        rest, comments = text[after.end :], text[end : after.start]
        kept = comments if comments.strip() else ""
        return start, after.end + len(rest) - len(rest.lstrip(" ")), kept
    before = next(token for token in reversed(tokens) if token.end <= start)
    if before.text == "," and not text[before.end : start].strip():
        return before.start, end, ""
    return start, end, ""  # a comment is between them


def _addition(text: str, tokens: list[Token], arguments: str, margin: str) -> Edit:
    """Arguments before the closing parenthesis, on a line of their own where others are."""
    last, closing = tokens[-2:]
    between = text[last.end : closing.start].rstrip()  # comments, which belong to the last
    comma = "" if last.text in (",", "(") else ","
    if "\n" in text[last.end : closing.start]:
        new = f"{comma}{between}\n{margin}{INDENT}{arguments},"
    else:
        new = arguments if last.text == "(" else f"{comma} {arguments}"
    return last.end, last.end + len(between), new


def _dedented(text: str, margin: str) -> str:
    """The text without the margin before each line but the first."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(line.removeprefix(margin) for line in rest)])
