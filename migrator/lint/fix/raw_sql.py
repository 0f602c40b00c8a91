"""The same rewrites for SQL that is written out in ``op.execute("…")``."""

import ast
import re

from migrator.lint.fix.rewrites import Place, execute, quoted, set_not_null, validate
from migrator.lint.fix.source import autocommit
from migrator.lint.summary import actions as a
from migrator.lint.summary import summarise


def rewrite_execute(place: Place) -> list[str] | None:
    """The safe form of one statement in a plain string; None where that is not mechanical."""
    sql = _literal(place)
    if sql is None or len(summarise(sql)) != 1 or len(summarise(sql)[0].actions) != 1:
        return None
    sql = " ".join(sql.split()).rstrip("; ")
    action = place.action
    already = place.call.in_autocommit
    if isinstance(action, a.CreateIndex):
        changed = sql if action.concurrently else _after(r"^CREATE( UNIQUE)? INDEX", sql)
        changed = re.sub(r"\sIF NOT EXISTS", "", changed, count=1, flags=re.IGNORECASE)
        return autocommit([execute(changed)], already=already)
    if isinstance(action, a.Drop) and action.kind == "index":
        changed = sql if action.concurrently else _after(r"^DROP INDEX", sql)
        return autocommit([execute(changed)], already=already)
    if isinstance(action, a.SetNotNull):
        return set_not_null(place)
    if isinstance(action, a.AddConstraint):
        return _constraint(action, sql, already=already)
    return None


def _literal(place: Place) -> str | None:
    arguments = place.call.call.args
    if len(arguments) != 1 or place.call.call.keywords:
        return None
    value = arguments[0]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _after(pattern: str, sql: str) -> str:
    return re.sub(pattern, lambda m: f"{m[0]} CONCURRENTLY", sql, count=1, flags=re.IGNORECASE)


def _constraint(action: a.AddConstraint, sql: str, *, already: bool) -> list[str] | None:
    constraint = action.constraint
    if constraint.name is None:
        return None
    table, name = quoted(action.table), quoted(constraint.name)
    if constraint.kind in ("check", "foreign key", "not null"):
        check = autocommit([validate(action.table, constraint.name)], already=already)
        return [execute(f"{sql} NOT VALID"), *check]
    if constraint.kind == "unique" and constraint.columns and sql.endswith(")"):
        columns = ", ".join(quoted(column) for column in constraint.columns)
        index = execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns})")
        use = f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"
        return [*autocommit([index], already=already), execute(use)]
    return None
