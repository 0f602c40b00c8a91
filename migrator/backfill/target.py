"""The tables that a backfill walks, as the catalog describes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import sql

from migrator.backfill.definition import Backfill
from migrator.backfill.errors import BackfillError, BackfillUsageError
from migrator.snapshot.walking import KeyColumn, read_family, read_key


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A table that holds rows itself: plain, or one partition.

    key: the columns it is walked by; empty means physical order.
    triggers, rules: whether there are some that may leave a row that is to be changed, or values in
    it, as they are.
    root, partition_columns: the partitioned table that it belongs to, if to any, and the columns
    by which a row is in this partition of it.
    columns: the number of each. is_set: those that `set` sets; what Python code sets is seen later.
    """

    oid: int
    schema: str
    name: str
    key: tuple[KeyColumn, ...]
    triggers: bool = False
    rules: bool = False
    root: tuple[str, str] | None = None
    partition_columns: frozenset[str] = frozenset()
    columns: Mapping[str, int] = field(default_factory=dict)
    is_set: frozenset[str] = frozenset()

    @property
    def key_names(self) -> tuple[str, ...]:
        """What tells a key from another one of the same table."""
        return tuple(column.name for column in self.key)

    def numbers(self, names: Iterable[str]) -> dict[str, int]:
        """Of the columns of these names, as far as there are any."""
        return {name: self.columns[name] for name in names if name in self.columns}

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)

    @property
    def label(self) -> str:
        """Schema and name, for people and for the progress table."""
        return f"{self.schema}.{self.name}"


def count_pages(connection: "psycopg.Connection[Any]", leaf: Leaf) -> int:
    """How many pages a table has now: exact, whatever its statistics say."""
    size = connection.execute(
        "SELECT pg_relation_size(%s::oid) / current_setting('block_size')::int", (leaf.oid,)
    ).fetchone()
    return int(size[0]) if size else 0


def find_leaves(connection: "psycopg.Connection[Any]", backfill: Backfill) -> tuple[Leaf, ...]:
    """The tables that hold the backfill's rows.

    Raises BackfillError where the table or a key to walk it by is missing, and where without
    `where` that key is what would be set.
    """
    found = connection.execute("SELECT to_regclass(%s)::oid", (backfill.table,)).fetchone()
    if found is None or found[0] is None:
        raise BackfillUsageError(
            f"backfill {backfill.name}: there is no table {backfill.table!r} in the database; "
            "has the revision that adds it been applied?"
        )
    family = read_family(connection, found[0])
    for each in family:
        if each.kind not in "rp":
            raise BackfillError(
                f"backfill {backfill.name}: {each.schema}.{each.name} is not a table or a partition"
            )
    leaves = tuple(
        Leaf(
            oid=each.oid,
            schema=each.schema,
            name=each.name,
            key=_find_key(connection, backfill, each.oid),
            triggers=each.triggers,
            rules=each.rules,
            root=each.root,
            partition_columns=each.partition_columns,
            columns=each.columns,
            is_set=frozenset(backfill.set or ()),
        )
        for each in family
        if each.kind == "r"
    )
    for leaf in leaves:
        check_key_stays(backfill, leaf, backfill.set or ())
    return leaves


def check_key_stays(backfill: Backfill, leaf: Leaf, changed: Iterable[str]) -> None:
    """Refuses to move rows along the key that tells which are done.

    changed: the columns that the backfill writes.
    """
    moved = [column for column in changed if column in leaf.key_names]
    if moved and backfill.where is None:
        raise BackfillError(
            f"backfill {backfill.name}: it changes {', '.join(moved)}, which {leaf.label} is "
            "walked by, so that rows would be met twice or never; give `where`, or another `key`"
        )


def _find_key(
    connection: "psycopg.Connection[Any]", backfill: Backfill, oid: int
) -> tuple[KeyColumn, ...]:
    wanted = backfill.key or None
    key = read_key(connection, oid, wanted)
    if key is not None:
        return key
    if wanted is not None:
        raise BackfillError(
            f"backfill {backfill.name}: {backfill.table} has no unique btree index over exactly "
            f"({', '.join(wanted)}) with all columns NOT NULL; choose another `key`"
        )
    if backfill.where is None:
        raise BackfillError(
            f"backfill {backfill.name}: {backfill.table} has no primary or unique key, so only "
            "`where` can tell which rows are done; give it"
        )
    return ()


def leaf_by_key(
    connection: "psycopg.Connection[Any]", leaf: Leaf, names: tuple[str, ...]
) -> Leaf | None:
    """The same leaf, walked by that key (empty: in physical order); None where that is gone."""
    if names == leaf.key_names:
        return leaf
    key = read_key(connection, leaf.oid, names) if names else ()
    return None if key is None else replace(leaf, key=key)
