"""The types that an application has made: enums, domains and composites."""

from dataclasses import dataclass
from typing import Any

import psycopg

TYPES = """
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
WHERE (t.typtype IN ('e', 'd') OR t.typtype = 'c' AND c.relkind = 'c')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
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


def read_own_types(connection: "psycopg.Connection[Any]") -> dict[str, OwnType]:
    """Types by their names, as columns name them."""
    return {
        name: OwnType(
            kind=kind,
            base=base or "",
            labels=tuple(labels),
            checks=tuple(checks),
            fields=tuple(fields),
        )
        for name, kind, base, labels, checks, fields in connection.execute(TYPES)
    }
