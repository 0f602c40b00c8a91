"""The application's tables and columns, as far as a rehearsal needs them."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

COLUMNS = """
SELECT n.nspname, c.relname, a.attname, a.attnum, format_type(a.atttypid, a.atttypmod),
       format_type(CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE a.atttypid END, -1),
       t.typcategory::text || coalesce(e.typcategory::text, ''),
       a.attnotnull, a.atthasdef OR a.attidentity <> ''
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'migrator', 'rehearsal')
  AND n.nspname NOT LIKE 'pg\\_%%'
  AND %(version_table)s NOT IN (c.relname::text, n.nspname || '.' || c.relname)
ORDER BY n.nspname, c.relname, a.attnum
"""
PRIMARY_KEYS = """
SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY k.place)
FROM pg_constraint p
JOIN pg_class c ON c.oid = p.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY k(number, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
WHERE p.contype = 'p'
GROUP BY n.nspname, c.relname
"""
FOREIGN_KEYS = """
SELECT n.nspname, c.relname, pn.nspname, pc.relname,
       array_agg(a.attname::text ORDER BY k.place), array_agg(pa.attname::text ORDER BY k.place)
FROM pg_constraint f
JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class pc ON pc.oid = f.confrelid
JOIN pg_namespace pn ON pn.oid = pc.relnamespace
CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY k(number, parent_number, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
JOIN pg_attribute pa ON pa.attrelid = pc.oid AND pa.attnum = k.parent_number
WHERE f.contype = 'f' AND f.conparentid = 0
GROUP BY f.oid, n.nspname, c.relname, pn.nspname, pc.relname
ORDER BY f.oid
"""
CHECKS = """
SELECT n.nspname, c.relname, a.attname, pg_get_constraintdef(k.oid)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
WHERE k.contype = 'c' AND cardinality(k.conkey) = 1
"""

TableName = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Column:
    """number: its place in the table. given: it has a default or is an identity.

    bare: the type without length or precision, a domain's that of its base.
    category: pg_type's typcategory, an array's followed by that of its elements.
    checks: definitions of the CHECK constraints on this column alone.
    """

    name: str
    number: int
    type: str
    bare: str
    category: str
    not_null: bool
    given: bool
    checks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ForeignKey:
    """columns of the table point to parent_columns of the parent."""

    parent: TableName
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TableShape:
    """A table as it stands now; a partitioned one without its partitions."""

    name: TableName
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(*self.name)

    @property
    def label(self) -> str:
        """As a revision names it: without the schema `public`."""
        return self.name[1] if self.name[0] == "public" else ".".join(self.name)


def read_tables(
    connection: "psycopg.Connection[Any]", version_table: str
) -> dict[TableName, TableShape]:
    """The application's tables, by schema and name.

    version_table: Alembic's own, with its schema if it has one; left out.
    """
    checks: dict[tuple[str, str, str], list[str]] = {}
    for schema, table, column, definition in connection.execute(CHECKS):
        checks.setdefault((schema, table, column), []).append(definition)
    columns: dict[TableName, list[Column]] = {}
    for row in connection.execute(COLUMNS, {"version_table": version_table}):
        schema, table, name, number, type_name, bare, category, not_null, given = row
        columns.setdefault((schema, table), []).append(
            Column(
                name=name,
                number=number,
                type=type_name,
                bare=bare,
                category=category,
                not_null=not_null,
                given=given,
                checks=tuple(checks.get((schema, table, name), ())),
            )
        )
    primary = {(s, t): tuple(names) for s, t, names in connection.execute(PRIMARY_KEYS)}
    foreign: dict[TableName, list[ForeignKey]] = {}
    for schema, table, parent_schema, parent, names, parent_names in connection.execute(
        FOREIGN_KEYS
    ):
        foreign.setdefault((schema, table), []).append(
            ForeignKey(
                parent=(parent_schema, parent),
                columns=tuple(names),
                parent_columns=tuple(parent_names),
            )
        )
    return {
        name: TableShape(
            name=name,
            columns=tuple(found),
            primary_key=primary.get(name, ()),
            foreign_keys=tuple(foreign.get(name, ())),
        )
        for name, found in columns.items()
    }
