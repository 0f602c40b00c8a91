"""Whether ALTER COLUMN .. TYPE can keep the table's file."""

import re
from dataclasses import dataclass
from itertools import pairwise

from migrator.postgres.statements.actions import AlterColumnType
from migrator.snapshot import Catalog, Table

STRINGS = {"text", "character varying"}
OIDS = {"oid", "regclass", "regnamespace", "regproc", "regprocedure", "regrole", "regtype"}
# Pairs that PostgreSQL casts without a function (pg_cast.castmethod = 'b').
BINARY_COERCIBLE = {
    ("text", "character varying"),
    ("character varying", "text"),
    *((old, new) for old in STRINGS for new in ("citext", "bpchar")),
    *((old, new) for old in ("citext", "xml") for new in (*STRINGS, "bpchar")),
    ("cidr", "inet"),
    ("bit", "bit varying"),
    *((old, "oid") for old in (*OIDS, "integer")),
    *((old, new) for old in ("oid", "integer") for new in OIDS),
    *((old, "integer") for old in OIDS),
}
# Types whose indexes serve one another, as they order values alike. Any other is alone.
ORDERED_ALIKE = (STRINGS, {"cidr", "inet"}, OIDS)
# Types whose modifier only limits the length, so that a wider one fits as it is.
# `character(n)` and `bit(n)` are not among them: they are padded.
WIDENABLE = {"character varying", "bit varying"}
TIMESTAMPS = {"timestamp without time zone", "timestamp with time zone"}
TIMES = {"time without time zone", "time with time zone", *TIMESTAMPS}
# From the smallest.
INTERVAL_FIELDS = ("second", "minute", "hour", "day", "month", "year")
INTERVAL = re.compile(rf"interval(?: (?:\w+ to )?({'|'.join(INTERVAL_FIELDS)}))?")
# The most digits of a second that there are: this modifier takes nothing away.
ALL_DIGITS = 6
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
    match = re.search(r"\((-?\d+(?:,-?\d+)*)\)", name)
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
    change = f"{old_type} to {new_type}"
    if old_type == new_type:
        return Conversion(rewrite=False, reason="the type stays as it is")
    if catalog.constrains(new_type):
        reason = f"every value must pass the constraint of the domain {new_type}"
        return Conversion(rewrite=True, reason=reason)
    old, old_limits = _as_read(old_type, catalog)
    new, new_limits = _below_domains(new_type, catalog)
    if {old, new} == TIMESTAMPS and _fits(new, (), new_limits):
        return _time_zone(change, catalog)
    if not _keeps(old, old_limits, new, new_limits):
        return Conversion(rewrite=True, reason=f"{change} stores every value anew")
    return Conversion(
        rewrite=False,
        reason=f"{change} keeps every stored value",
        rebuilds_indexes=_reorders(old, new) or _is_polymorphic(old_type, new_type, catalog),
    )


def _below_domains(type_name: str, catalog: Catalog) -> tuple[str, tuple[int, ...]]:
    """The type and its limits, as `parse_type` has them."""
    base, limits = parse_type(catalog.base_type(type_name))
    # The parser and format_type have two names for a character type.
    return re.sub(r"^character(?! )", "bpchar", base), limits


def _as_read(type_name: str, catalog: Catalog) -> tuple[str, tuple[int, ...]]:
    """As `_below_domains`, for a column's own type: a domain's limits count for nothing."""
    base, limits = _below_domains(type_name, catalog)
    if type_name not in catalog.domains:
        return base, limits
    return ("interval" if INTERVAL.fullmatch(base) else base), ()


def _keeps(old: str, old_limits: tuple[int, ...], new: str, new_limits: tuple[int, ...]) -> bool:
    """Whether every stored value is one of the new type."""
    interval, new_interval = INTERVAL.fullmatch(old), INTERVAL.fullmatch(new)
    if interval and new_interval:
        smallest = _smallest_field(interval)
        # Whatever has no seconds has no digits of them to lose.
        fits = smallest > 0 or _fits_digits(old_limits, new_limits)
        return fits and _smallest_field(new_interval) <= smallest
    if old == new:
        return _fits(new, old_limits, new_limits)
    return (old, new) in BINARY_COERCIBLE and not new_limits


def _smallest_field(interval: re.Match[str]) -> int:
    return INTERVAL_FIELDS.index(interval[1] or "second")


def _fits(base: str, old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Whether values within the old limits are within the new ones."""
    if not new:
        return True
    if base == "numeric":
        return len(old) == len(new) == 2 and new[0] >= old[0] and new[1] == old[1]
    if base in TIMES:
        return _fits_digits(old, new)
    return base in WIDENABLE and bool(old) and new[0] >= old[0]


def _fits_digits(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    return not new or new[0] >= ALL_DIGITS or (bool(old) and new[0] >= old[0])


def _reorders(old: str, new: str) -> bool:
    """Whether an index on the old type is of no use for the new one."""
    if old == new or (INTERVAL.fullmatch(old) and INTERVAL.fullmatch(new)):
        return False
    return not any({old, new} <= alike for alike in ORDERED_ALIKE)


def _is_polymorphic(old_type: str, new_type: str, catalog: Catalog) -> bool:
    """Whether a domain is involved whose index is one for arrays, ranges or enums.

    PostgreSQL keeps such an index only for the very same type.
    """
    if old_type not in catalog.domains and new_type not in catalog.domains:
        return False
    base = catalog.base_type(new_type)
    return base.endswith(("[]", "range")) or base in catalog.enums


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
