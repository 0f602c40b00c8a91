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

# What to put between two positions.
Edit = tuple[int, int, str]


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
    edits: list[Edit] = field(default_factory=list)

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
        return edited(self.text, self.edits)


def edited(text: str, edits: list[Edit]) -> str:
    """The text with edits made, which do not overlap."""
    for start, end, new in sorted(edits, reverse=True):
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


def indented(texts: list[str], margin: str) -> list[str]:
    """All lines of the texts with the margin before them; empty ones stay empty."""
    lines = [line for text in texts for line in text.split("\n")]
    return [margin + line if line.strip() else "" for line in lines]


def _with_tabs(texts: list[str]) -> list[str]:
    """The texts with a tab for each INDENT at the beginning of a line."""
    indent = re.compile(rf"^(?:{INDENT})+", re.MULTILINE)
    return [indent.sub(lambda found: "\t" * (len(found[0]) // len(INDENT)), t) for t in texts]


def autocommit(lines: list[str], *, already: bool) -> list[str]:
    """Lines in an autocommit block, unless they are in one already."""
    if already:
        return lines
    return ["with op.get_context().autocommit_block():", *indented(lines, INDENT)]
