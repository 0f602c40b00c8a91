"""A Python source with positions: finding calls in it and editing their text."""

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

INDENT = "    "
# Only blanks before it on its line, which does not continue the one above.
FIRST_OF_ITS_LINE = re.compile(r"(?:\A|(?<!\\)\n)[ \t\f]*\Z")
LAST_OF_ITS_LINE = re.compile(r"[ \t\f]*(?:#.*)?$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpCall:
    """A statement ``op.NAME(…)`` in upgrade(). `in_autocommit`: inside such a block."""

    name: str
    call: ast.Call
    statement: ast.Expr
    in_autocommit: bool


@dataclass(kw_only=True, slots=True)
class Source:
    """The text, its offsets and the edits that are to be made."""

    text: str
    edits: list[tuple[int, int, str]] = field(default_factory=list)

    def op_calls(self) -> Iterator[OpCall]:
        """The calls of upgrade() that are statements of their own, in order."""
        tree = ast.parse(self.text)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == "upgrade":
                yield from _calls(node.body, in_autocommit=False)

    def offset(self, line: int, column: int) -> int:
        """The index in the text of a 1-based line and a column in UTF-8 bytes."""
        lines = lines_of(self.text)
        prefix = lines[line - 1].encode()[:column].decode()
        return sum(len(text) for text in lines[: line - 1]) + len(prefix)

    def segment(self, node: ast.expr | ast.keyword | ast.Expr) -> tuple[int, int]:
        """Where a node begins and ends."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.offset(node.lineno, node.col_offset), self.offset(end_line, end_column)

    def of(self, node: ast.expr | ast.Expr) -> str:
        """The text of a node."""
        start, end = self.segment(node)
        return self.text[start:end]

    def stands_alone(self, call: OpCall) -> bool:
        """Whether its lines hold no other code, not even parentheses around it."""
        start, end = self.segment(call.statement)
        return (
            self.segment(call.call) == (start, end)
            and FIRST_OF_ITS_LINE.search(self.text[:start]) is not None
            and LAST_OF_ITS_LINE.match(self.text, end) is not None
        )

    def margin(self, node: ast.expr | ast.Expr) -> str:
        """The spaces and tabs that the line of a node begins with."""
        line = lines_of(self.text)[node.lineno - 1]
        blanks = line[: len(line) - len(line.lstrip(" \t\f"))]
        return blanks.rpartition("\f")[2]  # where Python counts columns anew

    def replace(self, statement: ast.Expr, lines: list[str]) -> None:
        """Puts lines, indented like the statement, in its place."""
        start, end = self.segment(statement)
        margin = self.margin(statement)
        lines = _with_tabs(lines) if "\t" in margin else lines
        text = "\n".join(indented(lines, margin)).removeprefix(margin)
        self.edits.append((start, end, text))

    def edited(self) -> str:
        """The text with all edits made."""
        text = self.text
        for start, end, new in sorted(self.edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text


def lines_of(text: str) -> list[str]:
    """The lines with their ends, as Python counts them: str.splitlines ends more of them."""
    return list(io.StringIO(text, newline=""))


def _calls(body: list[ast.stmt], *, in_autocommit: bool) -> Iterator[OpCall]:
    for node in body:
        if isinstance(node, ast.With):
            opened = "autocommit_block" in ast.unparse(node.items[0].context_expr)
            yield from _calls(node.body, in_autocommit=in_autocommit or opened)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = _op_name(node.value.func)
            if name is not None:
                yield OpCall(
                    name=name, call=node.value, statement=node, in_autocommit=in_autocommit
                )


def _op_name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.attr if function.value.id == "op" else None
    return None


def with_keywords(
    source: Source, call: ast.Call, *, add: dict[str, str], remove: tuple[str, ...] = ()
) -> str:
    """The text of a call with keyword arguments added or taken out, else as it was written."""
    start, end = source.segment(call)
    present = {keyword.arg for keyword in call.keywords}
    cuts = [source.segment(keyword) for keyword in call.keywords if keyword.arg in remove]
    text = source.text
    edits = [_cut(text, *cut) for cut in cuts]
    new = [f"{name}={value}" for name, value in add.items() if name not in present]
    changed = [
        (*source.segment(keyword.value), add[keyword.arg])
        for keyword in call.keywords
        if keyword.arg in add
    ]
    edits += changed
    if new:
        edits.append(_addition(source, call, ", ".join(new)))
    for first, last, replacement in sorted(edits, reverse=True):
        text = text[:first] + replacement + text[last:]
        end += len(replacement) - (last - first)
    # Lines after the first keep their own indentation, relative to the statement's.
    return dedented(text[start:end], source.margin(call))


def has_long_string(call: ast.Call) -> bool:
    """Whether a string of the call goes over several lines, so that indenting changes it."""
    return any(
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "\n" in node.value
        and node.end_lineno != node.lineno
        for node in ast.walk(call)
    )


def dedented(text: str, margin: str) -> str:
    """The text without the margin before each line but the first."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(line.removeprefix(margin) for line in rest)])


def _cut(text: str, start: int, end: int) -> tuple[int, int, str]:
    """An argument with the comma after it, or before it if it is the last."""
    after = end
    while after < len(text) and text[after].isspace():
        after += 1
    if text[after] == ",":
        after += 1
        while text[after] == " ":
            after += 1
        return start, after, ""
    before = start
    while text[before - 1].isspace():
        before -= 1
    return (before - 1 if text[before - 1] == "," else start), end, ""


def indented(texts: list[str], margin: str) -> list[str]:
    """All lines of the texts with the margin before them; empty ones stay empty."""
    lines = [line for text in texts for line in text.split("\n")]
    return [margin + line if line.strip() else "" for line in lines]


def _with_tabs(texts: list[str]) -> list[str]:
    """The texts with a tab for each INDENT at the beginning of a line."""
    indent = re.compile(rf"^(?:{INDENT})+", re.MULTILINE)
    return [indent.sub(lambda found: "\t" * (len(found[0]) // len(INDENT)), t) for t in texts]


def _addition(source: Source, call: ast.Call, arguments: str) -> tuple[int, int, str]:
    """Arguments before the closing parenthesis, on a line of their own where others are."""
    text = source.text
    start, end = source.segment(call)
    position = end - 1
    while text[position - 1].isspace():
        position -= 1
    trailing = text[position - 1] == ","
    multi_line = "\n" in text[start:end] and text[position : end - 1].count("\n") > 0
    if multi_line:
        indent = source.margin(call) + INDENT
        comma = "" if trailing else ","
        return position, position, f"{comma}\n{indent}{arguments},"
    if not call.args and not call.keywords:
        return position, position, arguments
    return position, position, f" {arguments}" if trailing else f", {arguments}"


def autocommit(lines: list[str], *, already: bool) -> list[str]:
    """Lines in an autocommit block, unless they are in one already."""
    if already:
        return lines
    return ["with op.get_context().autocommit_block():", *indented(lines, INDENT)]
