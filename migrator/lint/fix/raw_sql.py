"""The same rewrites for SQL that is written out in ``op.execute("…")``."""

import re
from collections.abc import Sequence

import libcst as cst

from migrator.lint.fix.place import LeftAlone, Place, Statement
from migrator.lint.fix.rewrites import constraint_name, set_not_null, use_index
from migrator.postgres.identifiers import identifier
from migrator.postgres.statements import actions as a
from migrator.postgres.statements import summarise
from migrator.postgres.statements.as_written import has_comment

NO_REWRITE = "this form of the statement has no mechanical rewrite"
# What CONCURRENTLY comes after, and what it takes the place of.
CREATE_INDEX = re.compile(
    r"(CREATE(?:\s+UNIQUE)?\s+INDEX)(?:\s+CONCURRENTLY)?(?:\s+IF\s+NOT\s+EXISTS)?(?=\s)",
    re.IGNORECASE,
)
DROP_INDEX = re.compile(r"(DROP\s+INDEX)(?:\s+CONCURRENTLY)?(?=\s)", re.IGNORECASE)
ALTER_TABLE = re.compile(r"ALTER\s+TABLE\s", re.IGNORECASE)
# A unique constraint that says nothing but its columns.
UNIQUE = re.compile(r"\sUNIQUE\s*\((?![^)]*\sOVERLAPS)[^()]+\)\Z", re.IGNORECASE)


def execute(place: Place, action: a.Action) -> Sequence[Statement]:
    """The safe form of one statement in a plain string."""
    place.require_no_comment()
    sql = _only_statement(place, action)
    match action:
        case a.CreateIndex():
            return [_concurrently(place, CREATE_INDEX, sql)]
        case a.Drop(kind="index", names=[_], cascade=False):
            return [_concurrently(place, DROP_INDEX, sql)]
        case a.SetNotNull(if_exists=False) if ALTER_TABLE.match(sql):
            return set_not_null(place, action)
        case a.AddConstraint(if_exists=False) if ALTER_TABLE.match(sql):
            return _constraint(place, action, sql)
        case _:
            raise LeftAlone(NO_REWRITE)


def _only_statement(place: Place, action: a.Action) -> str:
    """The text of the only statement, if it does but one thing and has no comment to lose."""
    sql = None
    match place.call.args:
        case [cst.Arg(keyword=None, value=cst.SimpleString() | cst.ConcatenatedString() as text)]:
            sql = text.evaluated_value
    if not isinstance(sql, str):
        raise LeftAlone("its SQL is not one plain string")
    statements = summarise(sql)
    if len(statements) != 1 or statements[0].actions != (action,):
        raise LeftAlone("it does more than one thing")
    if has_comment(sql):
        raise LeftAlone("a comment in the SQL would be lost")
    return statements[0].text


def _concurrently(place: Place, pattern: re.Pattern[str], sql: str) -> Statement:
    found = pattern.match(sql)
    if found is None:
        raise LeftAlone(NO_REWRITE)
    return place.outside(place.execute_as_written(f"{found[1]} CONCURRENTLY{sql[found.end() :]}"))


def _constraint(place: Place, action: a.AddConstraint, sql: str) -> Sequence[Statement]:
    constraint, name = action.constraint, constraint_name(action)
    if constraint.kind in ("check", "foreign key", "not null"):
        return [place.execute_as_written(f"{sql} NOT VALID"), place.validate(name)]
    if constraint.kind == "unique" and UNIQUE.search(sql):
        columns = ", ".join(map(identifier, constraint.columns))
        index = f"CREATE UNIQUE INDEX CONCURRENTLY {identifier(name)} ON {place.table} ({columns})"
        return [place.outside(place.execute(index)), use_index(place, name)]
    raise LeftAlone(NO_REWRITE)
