"""What values a type takes: of the types that an application has made, and bare names of others.

`reader` tells only which names are enums or domains: what generated rows must know, and the
comparison of values, is asked for scratch databases alone, and is no part of a saved snapshot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from migrator.snapshot.names import OURS

_OWN_TYPES = f"""
SELECT format_type(t.oid, NULL), t.typtype::text,
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e
             WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder),
       ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contypid = t.oid),
       ARRAY(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
             WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
             ORDER BY a.attnum)
FROM pg_type t
LEFT JOIN pg_class c ON c.oid = t.typrelid
JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typtype IN ('e', 'd') OR t.typtype = 'c' AND c.relkind = 'c') AND {OURS}
"""  # noqa: S608
_BARE_TYPES = """
SELECT given.name,
       format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END, -1),
       t.typcategory::text || coalesce(e.typcategory::text, '')
FROM unnest(%s::text[]) AS given(name)
JOIN pg_type t ON t.oid = to_regtype(given.name)
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
"""


@dataclass(frozen=True, kw_only=True)
class OwnType:
    """kind: pg_type's typtype, e, d or c.

    base, checks: of a domain. labels: of an enum, in order. fields: types of a composite's fields.
    """

    kind: str
    base: str
    labels: tuple[str, ...]
    checks: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BareType:
    """name: without length or precision, of a domain that of its base.

    category: pg_type's typcategory, an array's followed by that of its elements.
    """

    name: str
    category: str


def read_own_types(connection: "psycopg.Connection[Any]") -> dict[str, OwnType]:
    """Enums, domains and composites by their names, as columns name them."""
    return {
        name: OwnType(
            kind=kind,
            base=base or "",
            labels=tuple(labels),
            checks=tuple(checks),
            fields=tuple(fields),
        )
        for name, kind, base, labels, checks, fields in connection.execute(_OWN_TYPES)
    }


def read_bare_types(
    connection: "psycopg.Connection[Any]", names: Iterable[str]
) -> dict[str, BareType]:
    """By each of the names, as columns give them."""
    rows = connection.execute(_BARE_TYPES, [sorted(set(names))])
    return {name: BareType(name=bare, category=category) for name, bare, category in rows}
