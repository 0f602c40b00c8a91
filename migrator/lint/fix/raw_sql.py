"""The same rewrites for SQL that is written out in ``op.execute("…")``."""

import ast
import re

from migrator.lint.fix.rewrites import Place, execute, set_not_null, validate
from migrator.lint.fix.source import autocommit
from migrator.postgres.identifiers import identifier, quoted
from migrator.postgres.statements import actions as a
from migrator.postgres.statements import summarise
from migrator.postgres.statements.as_written import has_comment

# What CONCURRENTLY comes after, and what it takes the place of.
CREATE_INDEX = re.compile(
    r"(CREATE(?:\s+UNIQUE)?\s+INDEX)(?:\s+CONCURRENTLY)?(?:\s+IF\s+NOT\s+EXISTS)?(?=\s)",
    re.IGNORECASE,
)
DROP_INDEX = re.compile(r"(DROP\s+INDEX)(?:\s+CONCURRENTLY)?(?=\s)", re.IGNORECASE)
ALTER_TABLE = re.compile(r"ALTER\s+TABLE\s", re.IGNORECASE)
# A unique constraint that says nothing but its columns.
UNIQUE = re.compile(r"\sUNIQUE\s*\((?![^)]*\sOVERLAPS)[^()]+\)\Z", re.IGNORECASE)


def rewrite_execute(place: Place) -> list[str] | None:
    """The safe form of one statement in a plain string; None where that is not mechanical."""
    sql, action = _statement(place), place.action
    already = place.call.in_autocommit
    if sql is None or place.has_comment():
        return None
    if isinstance(action, a.CreateIndex):
        return _concurrently(CREATE_INDEX, sql, already=already)
    if isinstance(action, a.Drop) and action.kind == "index":
        if len(action.names) > 1 or action.cascade:
            return None  # CONCURRENTLY takes neither
        return _concurrently(DROP_INDEX, sql, already=already)
    if not ALTER_TABLE.match(sql):
        return None
    if isinstance(action, a.SetNotNull):
        return None if action.if_exists else set_not_null(place)
    if isinstance(action, a.AddConstraint) and not action.if_exists:
        return _constraint(action, sql, already=already)
    return None


def _statement(place: Place) -> str | None:
    """The text of the only statement, if it does but one thing and has no comment to lose."""
    sql = _literal(place)
    statements = summarise(sql) if sql is not None else []
    if sql is None or len(statements) != 1 or statements[0].actions != (place.action,):
        return None
    return None if has_comment(sql) else statements[0].text


def _literal(place: Place) -> str | None:
    arguments = place.call.call.args
    if len(arguments) != 1 or place.call.call.keywords:
        return None
    value = arguments[0]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _concurrently(pattern: re.Pattern[str], sql: str, *, already: bool) -> list[str] | None:
    found = pattern.match(sql)
    if found is None:
        return None
    changed = f"{found[1]} CONCURRENTLY{sql[found.end() :]}"
    return autocommit([execute(changed)], already=already)


def _constraint(action: a.AddConstraint, sql: str, *, already: bool) -> list[str] | None:
    constraint = action.constraint
    if constraint.name is None:
        return None
    table, name = quoted(action.table), identifier(constraint.name)
    if constraint.kind in ("check", "foreign key", "not null"):
        check = autocommit([validate(action.table, constraint.name)], already=already)
        return [execute(f"{sql} NOT VALID"), *check]
    if constraint.kind == "unique" and UNIQUE.search(sql):
        columns = ", ".join(map(identifier, constraint.columns))
        index = execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns})")
        use = f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
        return [*autocommit([index], already=already), execute(use)]
    return None
