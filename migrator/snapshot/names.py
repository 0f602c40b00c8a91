"""How relations are named, in the catalog and in a statement: as a session's search_path has it.

Bare is what that path finds; anything else is written ``schema.name``.
"""

# ruff: noqa: S608 - the parts are constants of this package

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import LiteralString

# Of the schema n.
OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'"
# Of the relation c in the schema n, written as `catalog.Table` names relations.
NAME = "CASE WHEN pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END"


@dataclass(frozen=True, kw_only=True)
class SearchPath:
    """What a session finds by a bare name.

    schemas: in the order in which they are looked through; objects are made in the first.
    hidden: names with their schema, for which the bare one stands for another relation.
    """

    schemas: tuple[str, ...] = ("public",)
    hidden: frozenset[str] = frozenset()

    def name(self, schema: str | None, relation: str) -> str:
        """The name of a relation that was written with that schema, or with none."""
        full = f"{schema}.{relation}"
        bare = schema is None or (schema in self.schemas and full not in self.hidden)
        return relation if bare else full

    @property
    def first(self) -> str:
        """Where objects are made."""
        return self.schemas[0] if self.schemas else "public"


_PATH = ContextVar("search_path", default=SearchPath())  # noqa: B039 - it is frozen


def search_path() -> SearchPath:
    """The one that names are read by just now. Default: public alone."""
    return _PATH.get()


@contextmanager
def names_seen_by(path: SearchPath) -> Iterator[None]:
    """Reads names, for the length of the block, as a session with that search_path would."""
    token = _PATH.set(path)
    try:
        yield
    finally:
        _PATH.reset(token)


def name_of(oid: LiteralString) -> LiteralString:
    """SQL for the name of the relation with that oid."""
    return (
        "(SELECT CASE WHEN pg_table_is_visible(pc.oid) THEN pc.relname"
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


def name_in_schema(
    kind: LiteralString, alias: LiteralString, prefix: LiteralString
) -> LiteralString:
    """SQL for the name of a function or type; `prefix`: of the columns of its catalog, as `pro`."""
    return (
        f"CASE WHEN pg_{kind}_is_visible({alias}.oid) THEN '' ELSE (SELECT nspname FROM"
        f" pg_namespace WHERE oid = {alias}.{prefix}namespace) || '.' END || {alias}.{prefix}name"
    )
