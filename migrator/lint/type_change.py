"""Whether ALTER COLUMN .. TYPE can keep the table's file."""

import re
from dataclasses import dataclass
from itertools import pairwise

from migrator.lint.summary.actions import AlterColumnType
from migrator.snapshot import Catalog, Table

# Pairs that PostgreSQL casts without a function (pg_cast.castmethod = 'b').
BINARY_COERCIBLE = {
    ("character varying", "text"),
    ("text", "character varying"),
    ("cidr", "inet"),
    ("xml", "text"),
    ("xml", "character varying"),
    ("integer", "oid"),
    ("oid", "integer"),
    ("bit", "bit varying"),
    ("bit varying", "bit"),
}
# Types whose modifier only limits length or precision, so that a wider one fits as it is.
# `character(n)` is not among them: it is padded.
WIDENABLE = {
    "character varying",
    "bit varying",
    "timestamp without time zone",
    "timestamp with time zone",
    "time without time zone",
    "time with time zone",
    "interval",
}
TIMESTAMPS = {"timestamp without time zone", "timestamp with time zone"}
UTC_NAMES = {"utc", "etc/utc", "gmt", "etc/gmt", "uct", "zulu", "greenwich", "universal"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """The verdict on one change of type.

    rewrite: the table gets a new file. certain: False where the old type or the time
    zone is not known and the worse is assumed. reason: in words, for the message.
    rebuilds_indexes: no rewrite, but the column's indexes are built anew.
    """

    rewrite: bool
    reason: str
    certain: bool = True
    rebuilds_indexes: bool = False


def parse_type(name: str) -> tuple[str, tuple[int, ...]]:
    """``numeric(10,2)`` as ("numeric", (10, 2))."""
    match = re.search(r"\(([\d,]+)\)", name)
    if match is None:
        return name, ()
    base = name[: match.start()] + name[match.end() :]
    return base, tuple(int(part) for part in match[1].split(","))


def conversion(action: AlterColumnType, catalog: Catalog) -> Conversion:
    """What the change of type costs, given what the catalog knows."""
    table = catalog.table(action.table)
    column = table.columns.get(action.column) if table else None
    using = action.using
    if using is not None and action.column not in (using.is_column, using.cast_of):
        return Conversion(rewrite=True, reason="USING computes every value anew")
    if column is None:
        return Conversion(
            rewrite=True,
            certain=False,
            reason="the column's present type is not known here, so a rewrite is assumed",
        )
    return _through(_types(column.type, action), action, catalog)


def _types(old: str, action: AlterColumnType) -> list[str]:
    """The types that a value has from the old to the new one."""
    cast = action.using.cast_to if action.using and action.using.cast_of else None
    return [old, action.type] if cast is None else [old, cast, action.type]


def _through(types: list[str], action: AlterColumnType, catalog: Catalog) -> Conversion:
    steps = [_between(old, new, catalog) for old, new in pairwise(types)]
    rewrite = next((step for step in steps if step.rewrite), None)
    if rewrite is not None:
        return rewrite
    rebuilds = any(step.rebuilds_indexes for step in steps)
    if action.collation not in (None, "default"):
        reason = f"COLLATE {action.collation} keeps every stored value, in another order"
        return Conversion(rewrite=False, rebuilds_indexes=True, reason=reason)
    return Conversion(rewrite=False, rebuilds_indexes=rebuilds, reason=steps[0].reason)


def rebuilt_indexes(action: AlterColumnType, change: Conversion, table: Table) -> list[str]:
    """The indexes that are built anew although the table keeps its file.

    PostgreSQL does not compare expressions and conditions: it builds such an index anew.
    """
    if change.rewrite:
        return []
    return [
        index.name
        for index in table.indexes.values()
        if action.column in index.uses
        or (change.rebuilds_indexes and action.column in index.columns)
    ]


def _between(old_type: str, new_type: str, catalog: Catalog) -> Conversion:
    old, old_limits = parse_type(old_type)
    new, new_limits = parse_type(new_type)
    change = f"{old_type} to {new_type}"
    if old_type == new_type:
        return Conversion(rewrite=False, reason="the type stays as it is")
    if new_type == "interval" and old.startswith("interval"):
        return Conversion(rewrite=False, reason=f"{change} keeps every field")
    if old == new and _fits(old, old_limits, new_limits):
        return Conversion(rewrite=False, reason=f"{change} only widens the limit")
    if (old, new) in BINARY_COERCIBLE and _fits_new(old_limits, new_limits, new):
        return Conversion(rewrite=False, reason=f"{change} keeps every stored value")
    if {old, new} == TIMESTAMPS and _fits("timestamp", old_limits, new_limits):
        return _time_zone(change, catalog)
    if new in catalog.domains and not catalog.domains[new]:
        return Conversion(
            rewrite=True, certain=False, reason=f"the base type of {new_type} is not known here"
        )
    return Conversion(rewrite=True, reason=f"{change} stores every value anew")


def _fits(base: str, old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    if base == "numeric":
        if not new:
            return True
        return len(old) == len(new) == 2 and new[0] >= old[0] and new[1] == old[1]
    if base not in WIDENABLE and base != "timestamp":
        return False
    return not new or (bool(old) and new[0] >= old[0])


def _fits_new(old: tuple[int, ...], new: tuple[int, ...], base: str) -> bool:
    if base == "bit":
        return False
    return not new or (bool(old) and new[0] >= old[0])


def _time_zone(change: str, catalog: Catalog) -> Conversion:
    zone = catalog.timezone
    if zone is None:
        return Conversion(
            rewrite=True,
            certain=False,
            reason=f"{change} keeps the file only where TimeZone is UTC, which is not known here",
        )
    if zone.lower() in UTC_NAMES:
        return Conversion(
            rewrite=False, rebuilds_indexes=True, reason=f"{change} with TimeZone {zone}"
        )
    return Conversion(rewrite=True, reason=f"{change} shifts every value, as TimeZone is {zone}")
