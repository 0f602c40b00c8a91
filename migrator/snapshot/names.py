"""What the catalog queries share: which schemas are read, and how relations are named."""

# ruff: noqa: S608 - the parts are constants of this package

from typing import LiteralString

# Of the schema n.
OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"
# Of the relation c in the schema n, written as `catalog.Table` names relations.
NAME = "CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END"


def name_of(oid: LiteralString) -> LiteralString:
    """SQL for the name of the relation with that oid."""
    return (
        "(SELECT CASE pn.nspname WHEN 'public' THEN pc.relname"
        " ELSE pn.nspname || '.' || pc.relname END"
        " FROM pg_class pc JOIN pg_namespace pn ON pn.oid = pc.relnamespace"
        f" WHERE pc.oid = {oid})"
    )


def column_names(relation: LiteralString, numbers: LiteralString) -> LiteralString:
    """SQL for the names of a relation's columns, in the order of their numbers."""
    return (
        f"ARRAY(SELECT a.attname::text FROM unnest({numbers}) WITH ORDINALITY k(num, pos)"
        f" JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.num ORDER BY k.pos)"
    )
