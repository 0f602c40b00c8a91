"""Choices that cost nothing now and hurt later."""

import re
from collections.abc import Iterator

from migrator.lint.rule import Hit, Rule
from migrator.lint.scene import Scene
from migrator.postgres.identifiers import NAME_BYTES
from migrator.postgres.statements import actions as a
from migrator.postgres.type_change import parse_type

NAME = re.compile(r'"((?:[^"]|"")+)"|([^\W\d][\w$]*)')
LONG_WORD = re.compile(r"[\w$]{64}")
LITERAL = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|--[^\n]*", re.DOTALL)
BETTER_TYPES = {
    "character varying": ("text", "a limit that has to change later; CHECK (length(…) <= n)"),
    "character": ("text", "padded with spaces, and no faster"),
    "timestamp without time zone": ("timestamptz", "a moment nobody can place"),
}


def _columns(action: a.CreateTable | a.AddColumn) -> tuple[a.NewColumn, ...]:
    return action.columns if isinstance(action, a.CreateTable) else (action.column,)


def _small_key(action: a.CreateTable | a.AddColumn, scene: Scene) -> Iterator[Hit]:
    inline = {
        c.name for c in _columns(action) if any(k.kind == "primary key" for k in c.constraints)
    }
    if isinstance(action, a.CreateTable):
        for constraint in action.constraints:
            if constraint.kind == "primary key" and len(constraint.columns) == 1:
                inline |= set(constraint.columns)
    for column in _columns(action):
        if column.name in inline and column.type in ("integer", "smallint"):
            limit = "2,147,483,647" if column.type == "integer" else "32,767"
            yield Hit(
                severity="info",
                message=f"the key {action.table}.{column.name} ends at {limit}",
                names={"table": action.table, "column": column.name},
            )


def _types(action: a.CreateTable | a.AddColumn, scene: Scene) -> Iterator[Hit]:
    for column in _columns(action):
        base, limits = parse_type(column.type)
        if base == "character varying" and not limits:
            continue
        if base in BETTER_TYPES:
            better, why = BETTER_TYPES[base]
            yield Hit(
                severity="info",
                message=f"{action.table}.{column.name} is {column.type}: {why}",
                names={"better": better, "column": column.name},
            )


def _long_names(action: a.Action, scene: Scene) -> Iterator[Hit]:
    # From the text: PostgreSQL's parser has already cut the names in the tree.
    text = scene.step.statement.text
    if text.isascii() and '"' not in text and not LONG_WORD.search(text):
        return
    for match in NAME.finditer(LITERAL.sub("", text)):
        name = match[1] or match[2]
        if len(name.encode()) > NAME_BYTES:
            yield Hit(
                severity="caution",
                message=f"PostgreSQL cuts the name {name} after {NAME_BYTES} bytes",
                names={"name": name},
            )


def _unqualified(action: a.OfTable | a.CreateTable, scene: Scene) -> Iterator[Hit]:
    if "." not in action.table and f"public.{action.table}" not in scene.step.statement.text:
        yield Hit(
            severity="info",
            message=f"{action.table} is found through search_path, which may differ",
            names={"table": action.table},
        )


STYLE_RULES = (
    Rule(
        id="small-primary-key",
        title="Primary key of type integer or smallint",
        kind="style",
        on=(a.CreateTable, a.AddColumn),
        check=_small_key,
        lock="none",
        why="When the numbers run out, the way to bigint is a rewrite or a long expand/contract.",
        safe_form="use bigint for {table}.{column}",
    ),
    Rule(
        id="regrettable-type",
        title="varchar(n), char(n) or timestamp without time zone",
        kind="style",
        on=(a.CreateTable, a.AddColumn),
        check=_types,
        lock="none",
        why="Each of them is changed again sooner or later.",
        safe_form="use {better} for {column}",
    ),
    Rule(
        id="long-name",
        title="Name of more than 63 bytes",
        kind="style",
        on=(
            a.CreateTable,
            a.AddColumn,
            a.AddConstraint,
            a.CreateIndex,
            a.RenameColumn,
            a.RenameTable,
            a.RenameConstraint,
        ),
        check=_long_names,
        lock="none",
        why="A later statement that names it in full, or another long name, hits the wrong object.",
        safe_form="choose a shorter name than {name}",
    ),
    Rule(
        id="unqualified-table",
        title="Table without its schema",
        kind="style",
        on=(a.OfTable, a.CreateTable),
        check=_unqualified,
        lock="none",
        why="Another search_path finds another table, or none.",
        safe_form="write <schema>.{table}",
        opt_in=True,
    ),
)
