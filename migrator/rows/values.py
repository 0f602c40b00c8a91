"""A value for every type: SQL over the row number g, different for different g where it can be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.rows.rules import Rules, read_rules
from migrator.snapshot import Column, Table
from migrator.snapshot.type_facts import OwnType

# By the type's name without its modifier. Ten thousand rows stay within the first days of 2026, as
# a table's partitions may be of one month. A table's later column, by its number, is the greater
# one: CHECK (ends > starts) holds.
BY_NAME = {
    "smallint": "(g % 32000 + {number})::smallint",
    "integer": "(g + {number})::integer",
    "bigint": "g + {number}",
    "real": "(g / 8.0)::real",
    "double precision": "(g / 8.0)::double precision",
    "money": "g::integer::money",
    "boolean": "(g % 2 = 0)",
    "uuid": "md5('row ' || g)::uuid",
    "bytea": "decode(md5('row ' || g), 'hex')",
    "json": "json_build_object('row', g)",
    "jsonb": "jsonb_build_object('row', g, 'tags', jsonb_build_array('a', g))",
    "date": "date '2026-01-01' + (g % 3000)::integer + {number}",
    "timestamp without time zone": "timestamp '2026-01-01' + g * interval '37 seconds'"
    " + {number} * interval '1 hour'",
    "timestamp with time zone": "timestamptz '2026-01-01 00:00Z'"
    " + g * interval '37 seconds' + {number} * interval '1 hour'",
    "time without time zone": "time '00:00' + g * interval '7 seconds'",
    "time with time zone": "(time '00:00' + g * interval '7 seconds')::timetz",
    "interval": "g * interval '1 minute'",
    "inet": "inet '10.0.0.0' + g",
    "cidr": "set_masklen(inet '10.0.0.0' + g, 32)::cidr",
    "macaddr": "lpad(to_hex(g), 12, '0')::macaddr",
    "tsvector": "to_tsvector('simple', 'row ' || g)",
    "tsquery": "plainto_tsquery('simple', 'row ' || g)",
    "xml": "('<row>' || g || '</row>')::xml",
    "point": "point(g, g)",
    "oid": "g::oid",
    "int4range": "int4range(g::integer, g::integer + 1)",
    "int8range": "int8range(g, g + 1)",
    "numrange": "numrange(g, g + 1)",
    "tsrange": "tsrange(timestamp '2026-01-01' + g * interval '1 minute',"
    " timestamp '2026-01-01 00:01' + g * interval '1 minute')",
    "daterange": "daterange(date '2026-01-01' + g::integer, date '2026-01-02' + g::integer)",
    "tstzrange": "tstzrange(timestamptz '2026-01-01 00:00Z' + g * interval '1 minute',"
    " timestamptz '2026-01-01 00:01Z' + g * interval '1 minute')",
}
TEXTS = ("text", "character varying", "character", "citext")
NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


# Every so many rows, from the first, a value is at its type's limits.
LIMIT_EVERY = 7
# What a usual text is cut at, so that a column of less room takes it as well.
SHORT = 10
# Of a text that has none: more than the usual varchar(255) takes.
LONG = 300
# More than the next smaller type holds: a multiple of LIMIT_EVERY, so that no other row has it.
BEYOND = {"integer": 32_767, "bigint": 2_147_483_653}
DIGITS = "9876543210"
FRACTION = "0.123456"


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a value goes.

    name, number: the column's, in its table. distinct: a unique index tells rows apart by it.
    limits: the type's are to be reached in some rows.
    """

    name: str
    number: int
    distinct: bool
    limits: bool


def value(
    table: Table, column: Column, types: Mapping[str, OwnType], *, limits: bool
) -> str | None:
    """An SQL expression over g; None for a type that nothing is known of.

    types: the application's own, by name.
    limits: let some rows have the longest, most exact and greater values that the type takes.
    """
    place = _Place(
        name=column.name,
        number=list(table.columns).index(column.name) + 1,
        distinct=any(
            index.unique and column.name in (*index.columns, *index.uses)
            for index in table.indexes.values()
        ),
        limits=limits,
    )
    checks = [
        constraint.definition
        for constraint in table.constraints.values()
        if constraint.definition and constraint.columns == (column.name,)
    ]
    return _value(column.type, read_rules(checks, column.name), place, types)


def _value(type_name: str, rules: Rules, place: _Place, types: Mapping[str, OwnType]) -> str | None:
    if rules.constants:
        return _one_of(rules.constants, type_name)
    if type_name.endswith("[]"):
        inner = _value(type_name.removesuffix("[]"), read_rules((), ""), place, types)
        return f"'{{}}'::{type_name}" if inner is None else f"ARRAY[{inner}]::{type_name}"
    own = types.get(type_name)
    if own is None:
        usual = _plain(type_name, rules, place)
        extreme = _extreme(type_name, rules, usual) if place.limits else None
        if usual is None or extreme is None:
            return usual
        return f"CASE WHEN g % {LIMIT_EVERY} = 1 THEN {extreme} ELSE {usual} END"
    if own.kind == "e":
        quoted = ["'" + label.replace("'", "''") + "'" for label in own.labels]
        return _one_of(quoted, type_name)
    if own.kind == "d":
        both = read_rules(own.checks, "VALUE").and_those(rules)
        inner = _value(own.base, both, place, types)
        return None if inner is None else f"({inner})::{type_name}"
    fields = [_value(field, read_rules((), ""), place, types) for field in own.fields]
    known = [field for field in fields if field is not None]
    return f"ROW({', '.join(known)})::{type_name}" if len(known) == len(fields) else None


def _plain(type_name: str, rules: Rules, place: _Place) -> str | None:
    bare, precision, scale = _parts(type_name)
    if bare in (*TEXTS, "bpchar", "name"):
        if rules.address:
            return f"left(to_hex(g) || '@example.com', {precision or 40})"
        room = min(precision or SHORT, SHORT)
        return f"left(to_hex(g) || ' {_harmless(place.name)}', {room})"
    if bare in NUMBERS and rules.high is not None:
        low = min(0, rules.high) if rules.low is None else rules.low
        return f"({low} + g % {max(1, rules.high - low + 1)})::{type_name}"
    if bare == "numeric":
        whole = min((precision or 15) - (scale or 0), 15 if place.distinct else 1)
        found = f"(g % {10 ** max(whole, 0)})::numeric + {'0.5' if scale else '0'}"
    elif bare in ("bit", "bit varying"):
        found = (
            f"(g % 2)::integer::bit(1)::{type_name}"
            if (precision or 1) == 1
            else (f"lpad((g % 2)::text, {precision}, '1')::{type_name}")
        )
    elif bare.endswith("multirange"):
        part = BY_NAME.get(bare.replace("multirange", "range"))
        found = f"{bare}({part})" if part else f"'{{}}'::{type_name}"
    else:
        found = BY_NAME.get(bare, "").replace("{number}", str(place.number))
    if found and bare in NUMBERS and rules.low is not None and rules.low > 0:
        return f"({found} + {rules.low})::{type_name}"
    return found or None


def _extreme(type_name: str, rules: Rules, usual: str | None) -> str | None:
    """At the limits of a type, and as different for different g; None for one without any."""
    bare, precision, scale = _parts(type_name)
    if bare in TEXTS:
        return f"rpad({usual}, {precision or LONG}, 'x')"
    if bare in NUMBERS and rules.high is not None:
        return None
    if bare in BEYOND:
        return f"{usual} + {BEYOND[bare]}"
    if bare == "numeric":
        if precision is None:
            return f"g + {FRACTION}789"
        # All digits, and no nines in a row that rounding would make one digit more of.
        most = (DIGITS * 100)[:precision]
        digits = f"{most}::numeric - g % {10 ** min(precision - 1, 15)}"
        return f"({digits}) * '1e-{scale or 0}'::numeric"
    if bare == "double precision":
        return "g + 0.1::double precision"
    if bare == "interval" or bare.startswith("time"):
        return f"{usual} + interval '{FRACTION} seconds'"
    return None


def _parts(type_name: str) -> tuple[str, int | None, int | None]:
    """`numeric(10,2)` -> numeric, 10, 2; `timestamp(3) with time zone` keeps its words."""
    match = re.search(r"\((\d+)(?:,(-?\d+))?\)", type_name)
    bare = re.sub(r"\(\d+(?:,-?\d+)?\)", "", type_name).replace("  ", " ").strip()
    if bare.startswith("interval "):
        bare = "interval"  # its fields are no part of what it takes
    if match is None:
        return bare, None, None
    return bare, int(match[1]), int(match[2]) if match[2] else None


def _one_of(quoted: Sequence[str], type_name: str) -> str:
    return f"((ARRAY[{', '.join(quoted)}])[1 + g % {len(quoted)}])::{type_name}"


def _harmless(name: str) -> str:
    return re.sub(r"[^a-z0-9 ]", " ", name.lower())
