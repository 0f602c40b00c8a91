"""The mechanical rewrites, one function an operation. Each returns new lines of Python."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from migrator.lint.fix.arguments import with_keywords
from migrator.lint.fix.source import INDENT, OpCall, Source, autocommit
from migrator.lint.fix.tokens import has_comment
from migrator.lint.rules.style import NAME_BYTES
from migrator.postgres.identifiers import identifier, quoted
from migrator.postgres.statements import actions as a

TRUE = "True"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One call to rewrite: where it is, what it emits, and for which server."""

    source: Source
    call: OpCall
    action: a.Action
    version: int

    def has_comment(self) -> bool:
        """Whether a Python comment is in the call, which writing it anew would lose."""
        return has_comment(self.source.of(self.call.call))


Rewrite = Callable[[Place], list[str] | None]


def execute(sql: str) -> str:
    """``op.execute("…")``, with a string for each line of the SQL."""
    *lines, last = sql.split("\n")
    if not lines:
        return f"op.execute({literal(sql)})"
    strings = [INDENT + literal(line) for line in (*(f"{line}\n" for line in lines), last)]
    return "\n".join(["op.execute(", *strings, ")"])


def literal(text: str) -> str:
    """A string of Python, in double quotes; JSON's escapes are Python's too."""
    return json.dumps(text, ensure_ascii=False)


def validate(table: str, constraint: str) -> str:
    """The statement that reads the table without a strong lock."""
    return execute(f"ALTER TABLE {quoted(table)} VALIDATE CONSTRAINT {identifier(constraint)}")


def create_index(place: Place) -> list[str] | None:
    """CONCURRENTLY, in an autocommit block, without IF NOT EXISTS."""
    if not isinstance(place.action, a.CreateIndex):
        return None
    text = with_keywords(
        place.source,
        place.call.call,
        add={"postgresql_concurrently": TRUE},
        remove=("if_not_exists",),
    )
    return autocommit([text], already=place.call.in_autocommit)


def drop_index(place: Place) -> list[str] | None:
    """CONCURRENTLY and IF EXISTS, in an autocommit block."""
    text = with_keywords(
        place.source, place.call.call, add={"postgresql_concurrently": TRUE, "if_exists": TRUE}
    )
    return autocommit([text], already=place.call.in_autocommit)


def add_constraint(place: Place) -> list[str] | None:
    """NOT VALID for a check or a foreign key, then VALIDATE outside the transaction."""
    action = place.action
    if not isinstance(action, a.AddConstraint):
        return None
    name = action.constraint.name
    if name is None:
        return None  # PostgreSQL's own depends on which are taken
    text = with_keywords(place.source, place.call.call, add={"postgresql_not_valid": TRUE})
    check = validate(action.table, name)
    return [text, *autocommit([check], already=place.call.in_autocommit)]


def add_unique(place: Place) -> list[str] | None:
    """A unique index built CONCURRENTLY, then the constraint made from it."""
    action = place.action
    if not isinstance(action, a.AddConstraint) or not action.constraint.columns:
        return None
    if any(keyword.arg != "schema" for keyword in place.call.call.keywords):
        return None  # deferrable and other options belong to the constraint, not to an index
    constraint, name = action.constraint, action.constraint.name
    if name is None or place.has_comment():
        return None
    schema, _, bare = action.table.rpartition(".")
    columns = ", ".join(map(literal, constraint.columns))
    placed = f", schema={literal(schema)}" if schema else ""
    index = (
        f"op.create_index({literal(name)}, {literal(bare)}, [{columns}], unique=True{placed}, "
        "postgresql_concurrently=True)"
    )
    use = (
        f"ALTER TABLE {quoted(action.table)} ADD CONSTRAINT {identifier(name)} "
        f"UNIQUE USING INDEX {identifier(name)}"
    )
    return [*autocommit([index], already=place.call.in_autocommit), execute(use)]


def set_not_null(place: Place) -> list[str] | None:
    """A NOT VALID constraint, VALIDATE, and SET NOT NULL that has nothing left to read."""
    action = place.action
    if not isinstance(action, a.SetNotNull) or _renames(place) or place.has_comment():
        return None
    table, column = quoted(action.table), identifier(action.column)
    bare = action.table.rpartition(".")[2]
    constraint = f"{bare}_{action.column}_not_null"
    if len(constraint.encode()) > NAME_BYTES:
        return None  # shortened it may be that of another column
    name = identifier(constraint)
    rest = _without_nullable(place)
    check = autocommit([validate(action.table, constraint)], already=place.call.in_autocommit)
    if place.version >= 180000:
        added = f"ALTER TABLE {table} ADD CONSTRAINT {name} NOT NULL {column} NOT VALID"
        return [*rest, execute(added), *check]
    added = f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID"
    return [
        *rest,
        execute(added),
        *check,
        execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
        execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}"),
    ]


def _renames(place: Place) -> bool:
    """Whether the same op.alter_column also gives the column another name."""
    return any(keyword.arg == "new_column_name" for keyword in place.call.call.keywords)


def _without_nullable(place: Place) -> list[str]:
    """What else the same op.alter_column changes, as a call of its own before."""
    others = {
        keyword.arg
        for keyword in place.call.call.keywords
        if keyword.arg not in ("nullable", "schema") and "existing" not in str(keyword.arg)
    }
    if place.call.name != "alter_column" or not others:
        return []
    return [with_keywords(place.source, place.call.call, add={}, remove=("nullable",))]


# By the rule that objects and the `op` function that is called.
REWRITES: dict[tuple[str, str], Rewrite] = {
    ("create-index", "create_index"): create_index,
    ("concurrently-in-transaction", "create_index"): create_index,
    ("concurrently-leaves-invalid", "create_index"): create_index,
    ("drop-index", "drop_index"): drop_index,
    ("concurrently-in-transaction", "drop_index"): drop_index,
    ("add-foreign-key", "create_foreign_key"): add_constraint,
    ("add-check", "create_check_constraint"): add_constraint,
    ("add-unique", "create_unique_constraint"): add_unique,
    ("set-not-null", "alter_column"): set_not_null,
}
