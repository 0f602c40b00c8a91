"""A value for every type: SQL over the row number g, different for different g where it can be."""

import re

from migrator.rehearse.catalog import Column

# By the type's name without its modifier.
BY_NAME = {
    "smallint": "(g % 32000)::smallint",
    "integer": "g::integer",
    "bigint": "g",
    "real": "(g / 8.0)::real",
    "double precision": "(g / 8.0)::double precision",
    "money": "g::integer::money",
    "boolean": "(g % 2 = 0)",
    "uuid": "md5('row ' || g)::uuid",
    "bytea": "decode(md5('row ' || g), 'hex')",
    "json": "json_build_object('row', g)",
    "jsonb": "jsonb_build_object('row', g, 'tags', jsonb_build_array('a', g))",
    "date": "date '2020-01-01' + (g % 3000)::integer",
    "timestamp without time zone": "timestamp '2020-01-01' + g * interval '61 minutes'",
    "timestamp with time zone": "timestamptz '2020-01-01 00:00Z' + g * interval '61 minutes'",
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
    "daterange": "daterange(date '2020-01-01' + g::integer, date '2020-01-02' + g::integer)",
    "tstzrange": "tstzrange(timestamptz '2020-01-01 00:00Z' + g * interval '1 hour',"
    " timestamptz '2020-01-01 01:00Z' + g * interval '1 hour')",
}
CONSTANTS = re.compile(r"'((?:[^']|'')*)'::")


def value(column: Column) -> str | None:
    """An SQL expression over g; None for a type that nothing is known of."""
    allowed = [text for check in column.checks for text in CONSTANTS.findall(check)]
    if allowed and column.category == "S":
        return _one_of(allowed, column.type)
    if column.kind == "e":
        return _one_of([label.replace("'", "''") for label in column.labels], column.type)
    if column.kind == "d":
        inner = _plain(column.base, column)
        return None if inner is None else f"({inner})::{column.type}"
    if column.category == "A":
        inner = _plain(column.element, column)
        return None if inner is None else f"ARRAY[{inner}]::{column.type}"
    return _plain(column.type, column)


def _plain(type_name: str, column: Column) -> str | None:
    bare, precision, scale = _parts(type_name)
    if bare in ("text", "character varying", "character", "citext", "name"):
        length = column.length or precision or 40
        return f"left(to_hex(g) || ' {_harmless(column.name)}', {length})"
    if bare == "numeric":
        whole = (precision or 15) - (scale or 0)
        return f"(g % {10 ** min(whole, 15)})::numeric + {'0.5' if scale else '0'}"
    if bare in ("bit", "bit varying"):
        return (
            f"(g % 2)::integer::bit(1)::{type_name}"
            if (precision or 1) == 1
            else (f"lpad((g % 2)::text, {precision}, '1')::{type_name}")
        )
    return BY_NAME.get(bare)


def _parts(type_name: str) -> tuple[str, int | None, int | None]:
    """`numeric(10,2)` -> numeric, 10, 2; `timestamp(3) with time zone` keeps its words."""
    match = re.search(r"\((\d+)(?:,(\d+))?\)", type_name)
    bare = re.sub(r"\(\d+(?:,\d+)?\)", "", type_name).replace("  ", " ").strip()
    if match is None:
        return bare, None, None
    return bare, int(match[1]), int(match[2]) if match[2] else None


def _one_of(texts: list[str], type_name: str) -> str:
    listed = ", ".join(f"'{text}'" for text in texts)
    return f"((ARRAY[{listed}])[1 + g % {len(texts)}])::{type_name}"


def _harmless(name: str) -> str:
    return re.sub(r"[^a-z0-9 ]", " ", name.lower())
